//! What a lane holds, against a model that is too simple to be wrong.

use super::*;
use crate::test_message::queued;
use proptest::prelude::*;
use wagate_model::{AccountId, MessageId, Timestamp, WorkspaceId, id::Ulid};

const CHATS: usize = 4;

#[derive(Debug, Clone, Copy)]
enum Step {
    Push(usize),
    Pop,
    /// The nth chat in flight has its outcome.
    Done(usize),
    /// The nth chat in flight must be sent again.
    Wait(usize),
    Clear,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..CHATS).prop_map(Step::Push),
        6 => Just(Step::Pop),
        4 => (0..CHATS).prop_map(Step::Done),
        2 => (0..CHATS).prop_map(Step::Wait),
        1 => Just(Step::Clear),
    ]
}

fn chat(number: usize) -> ChatAddress {
    format!("+1555010000{number}").parse().unwrap()
}

fn message(number: u128, chat: &ChatAddress) -> StoredMessage {
    let owner = (WorkspaceId::from(Ulid::from(1_u128)), AccountId::from(Ulid::from(2_u128)));
    queued(MessageId::from(Ulid::from(number)), owner, chat, Timestamp(1))
}

#[derive(Default)]
struct Model {
    queues: HashMap<ChatAddress, VecDeque<MessageId>>,
    in_flight: Vec<ChatAddress>,
}

impl Model {
    fn may_go(&self, chat: &ChatAddress) -> bool {
        !self.in_flight.contains(chat) && self.queues.get(chat).is_some_and(|queue| !queue.is_empty())
    }

    fn len(&self) -> usize {
        self.queues.values().map(VecDeque::len).sum()
    }

    fn nth_in_flight(&mut self, number: usize) -> Option<ChatAddress> {
        (!self.in_flight.is_empty()).then(|| self.in_flight.remove(number % self.in_flight.len()))
    }
}

fn check_pop(ready: &mut Ready, model: &mut Model) -> Result<(), TestCaseError> {
    match ready.pop() {
        None => prop_assert!((0..CHATS).all(|number| !model.may_go(&chat(number))), "what may go must go"),
        Some(stored) => {
            let chat = stored.message.chat_id.clone();
            prop_assert!(model.may_go(&chat), "one of each chat at a time");
            let first = model.queues.get_mut(&chat).and_then(VecDeque::pop_front);
            prop_assert_eq!(Some(stored.message.id), first, "in order");
            model.in_flight.push(chat);
        }
    }
    Ok(())
}

fn check_counts(ready: &Ready, model: &Model) -> Result<(), TestCaseError> {
    prop_assert_eq!(ready.len(), model.len());
    prop_assert_eq!(ready.is_empty(), model.len() == 0);
    let chats = ready.chats();
    let unique: HashSet<_> = chats.iter().cloned().collect();
    prop_assert_eq!(chats.len(), unique.len(), "each chat once");
    let known = (0..CHATS)
        .map(chat)
        .filter(|chat| model.in_flight.contains(chat) || model.queues.get(chat).is_some_and(|queue| !queue.is_empty()));
    prop_assert_eq!(unique, known.collect::<HashSet<_>>());
    Ok(())
}

proptest! {
    #[test]
    fn each_chat_goes_in_order_and_one_at_a_time(steps in proptest::collection::vec(any_step(), 0..120)) {
        let (mut ready, mut model) = (Ready::default(), Model::default());
        for (number, step) in (1_u128..).zip(steps) {
            match step {
                Step::Push(to) => {
                    let stored = message(number, &chat(to));
                    model.queues.entry(chat(to)).or_default().push_back(stored.message.id);
                    ready.push(stored);
                }
                Step::Pop => check_pop(&mut ready, &mut model)?,
                Step::Done(nth) => if let Some(chat) = model.nth_in_flight(nth) {
                    ready.done(&chat);
                },
                Step::Wait(nth) => if let Some(chat) = model.nth_in_flight(nth) {
                    ready.wait(&chat);
                    model.queues.remove(&chat);
                },
                Step::Clear => {
                    ready.clear();
                    model.queues.clear();
                }
            }
            check_counts(&ready, &model)?;
        }
    }

    #[test]
    fn chats_take_turns(counts in proptest::collection::vec(1_usize..6, 2..CHATS)) {
        let mut ready = Ready::default();
        let messages = counts.iter().enumerate().flat_map(|(to, count)| std::iter::repeat_n(to, *count));
        (1_u128..).zip(messages).for_each(|(number, to)| ready.push(message(number, &chat(to))));
        let mut turns = Vec::new();
        while let Some(stored) = ready.pop() {
            turns.push(stored.message.chat_id.clone());
            ready.done(&stored.message.chat_id);
        }
        let firsts: HashSet<_> = turns.iter().take(counts.len()).collect();
        prop_assert_eq!(firsts.len(), counts.len(), "no chat waits behind all of another one's messages");
        prop_assert_eq!(turns.len(), counts.iter().sum::<usize>());
    }
}
