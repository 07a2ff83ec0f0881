//! Who listens to what on this node.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use wagate_model::{KeyId, Mode, WorkspaceId, event::StoredEvent};

/// What is listened to: one half of a workspace.
pub(super) type Topic = (WorkspaceId, Mode);

/// How many events the slowest listener may lie behind before it is cut off.
pub(super) const ROOM: usize = 1024;

/// What a reader and its listeners share.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) events: broadcast::Sender<Arc<StoredEvent>>,
    pub(super) bell: Notify,
    /// The keys with which it is listened to.
    keys: Mutex<HashMap<KeyId, Watched>>,
}

#[derive(Debug)]
struct Watched {
    listeners: usize,
    /// Told once the key works no more.
    ended: CancellationToken,
}

/// Everything that is listened to on this node.
#[derive(Debug)]
pub(crate) struct FeedHub {
    channels: Mutex<HashMap<Topic, Arc<Channel>>>,
    listeners: Mutex<HashMap<WorkspaceId, usize>>,
    /// Told when all listeners shall go.
    pub(super) end: CancellationToken,
}

impl FeedHub {
    pub(crate) fn new(end: CancellationToken) -> Self {
        Self { channels: Mutex::default(), listeners: Mutex::default(), end }
    }

    /// Sends all listeners away, and takes no more.
    pub(crate) fn end(&self) {
        self.end.cancel();
    }

    /// Says that there are new events; whoever wrote them rings after the commit.
    pub(crate) fn ring(&self, workspace_id: WorkspaceId, mode: Mode) {
        if let Some(channel) = lock(&self.channels).get(&(workspace_id, mode)) {
            channel.bell.notify_one();
        }
    }

    /// A listener on a channel that has a reader already.
    pub(super) fn join(&self, topic: Topic) -> Option<Joined> {
        lock(&self.channels).get(&topic).map(|channel| (channel.clone(), channel.events.subscribe()))
    }

    /// A listener on a channel; the third is whether it is new, so that it needs a reader.
    pub(super) fn join_or_make(&self, topic: Topic) -> (Joined, bool) {
        let mut channels = lock(&self.channels);
        let (channel, is_new) = match channels.entry(topic) {
            Entry::Occupied(present) => (present.get().clone(), false),
            Entry::Vacant(free) => (free.insert(Arc::new(Channel::new())).clone(), true),
        };
        let events = channel.events.subscribe();
        ((channel, events), is_new)
    }

    /// Closes a channel that nobody listens to any more; answers whether it is closed.
    pub(super) fn close_if_alone(&self, topic: Topic) -> bool {
        let mut channels = lock(&self.channels);
        let is_alone = channels.get(&topic).is_none_or(|channel| channel.events.receiver_count() == 0);
        if is_alone {
            channels.remove(&topic);
        }
        is_alone
    }

    /// Takes a place among the workspace's listeners, if one of `most` is free.
    pub(super) fn take_place(self: &Arc<Self>, workspace_id: WorkspaceId, most: usize) -> Option<Place> {
        let mut listeners = lock(&self.listeners);
        let count = listeners.entry(workspace_id).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place { hub: self.clone(), workspace_id })
    }
}

/// A channel and what comes through it.
pub(super) type Joined = (Arc<Channel>, broadcast::Receiver<Arc<StoredEvent>>);

impl Channel {
    fn new() -> Self {
        Self { events: broadcast::channel(ROOM).0, bell: Notify::new(), keys: Mutex::default() }
    }

    /// Watches a key for a listener.
    pub(super) fn watch(self: &Arc<Self>, key: KeyId) -> KeyWatch {
        let mut keys = lock(&self.keys);
        let watched = keys.entry(key).or_insert_with(|| Watched { listeners: 0, ended: CancellationToken::new() });
        watched.listeners += 1;
        KeyWatch { ended: watched.ended.clone(), channel: self.clone(), key }
    }

    /// The keys in use.
    pub(super) fn keys(&self) -> Vec<KeyId> {
        lock(&self.keys).keys().copied().collect()
    }

    /// Sends those away who listen with a key that is none of `working`, of those that were `asked` for.
    pub(super) fn keep_only(&self, asked: &[KeyId], working: impl Fn(&KeyId) -> bool) {
        let keys = lock(&self.keys);
        let ended = asked.iter().filter(|key| !working(key)).filter_map(|key| keys.get(key));
        ended.for_each(|watched| watched.ended.cancel());
    }
}

/// A listener's place among those of its workspace; free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    hub: Arc<FeedHub>,
    workspace_id: WorkspaceId,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Entry::Occupied(mut count) = lock(&self.hub.listeners).entry(self.workspace_id) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// A listener's key, watched for as long as this lives.
#[derive(Debug)]
pub(super) struct KeyWatch {
    pub(super) ended: CancellationToken,
    channel: Arc<Channel>,
    key: KeyId,
}

impl Drop for KeyWatch {
    fn drop(&mut self) {
        if let Entry::Occupied(mut watched) = lock(&self.channel.keys).entry(self.key) {
            watched.get_mut().listeners -= 1;
            if watched.get().listeners == 0 {
                watched.remove();
            }
        }
    }
}

/// A poisoned lock holds whole maps still: nothing here can panic half way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
