//! An account whose lease this node holds, for the tests of what happens to its messages.

use crate::{
    accounts::NewAccount,
    events::EventFilter,
    lanes::{Start, Started},
    recorder::{AccountRef, Record, Recorded, What},
    test_engine::TestEngine,
    test_message::queued,
};
use serde_json::Value;
use wagate_model::{Account, Caller, ChatAddress, Message, MessageId, Mode, ProviderKind};
use wagate_store::{
    in_transaction,
    messages::{self, StoredMessage},
};

/// A chat.
pub(crate) const CHAT: &str = "+15550100001";

pub(crate) struct TestAccount {
    pub(crate) test: TestEngine,
    pub(crate) caller: Caller,
    pub(crate) account: AccountRef,
}

impl TestAccount {
    pub(crate) async fn new() -> Self {
        let test = TestEngine::new().await;
        let caller = test.owner(&test.workspace().await, Mode::Test);
        let account = another(&test, &caller).await;
        Self { test, caller, account }
    }

    /// Another account of the same workspace.
    pub(crate) async fn another(&self) -> AccountRef {
        another(&self.test, &self.caller).await
    }

    /// The account under the lease of before.
    pub(crate) fn earlier(&self) -> AccountRef {
        AccountRef { epoch: self.account.epoch - 1, ..self.account }
    }

    /// Stores a queued message after it was changed.
    pub(crate) async fn message(&self, change: impl FnOnce(&mut StoredMessage)) -> MessageId {
        let owner = (self.account.workspace_id, self.account.id);
        let chat: ChatAddress = CHAT.parse().unwrap();
        let mut stored = queued(self.test.engine.ids.next(), owner, &chat, self.test.now());
        change(&mut stored);
        in_transaction!(self.test.engine.database, |tx| messages::insert_many(tx, std::slice::from_ref(&stored)).await)
            .unwrap();
        stored.message.id
    }

    pub(crate) async fn start(&self, account: AccountRef, message_id: MessageId) -> Started {
        self.test.engine.starts.submit(Start { account, message_id }).await.unwrap()
    }

    /// A message whose first attempt is in flight.
    pub(crate) async fn in_flight(&self) -> MessageId {
        let id = self.message(|_| ()).await;
        assert!(matches!(self.start(self.account, id).await, Started::Go(_)));
        id
    }

    pub(crate) async fn record(&self, what: What) -> Recorded {
        self.record_of(self.account, what).await
    }

    pub(crate) async fn record_of(&self, account: AccountRef, what: What) -> Recorded {
        self.test.engine.record(Record { account, what }).await.unwrap()
    }

    pub(crate) async fn stored(&self, id: MessageId) -> StoredMessage {
        messages::find(&self.test.engine.database, self.account.workspace_id, Mode::Test, id).await.unwrap().unwrap()
    }

    pub(crate) async fn seen(&self, id: MessageId) -> Message {
        self.stored(id).await.message
    }

    pub(crate) async fn seen_account(&self) -> Account {
        self.test.engine.account(&self.caller, self.account.id).await.unwrap()
    }

    /// What was told so far, `type status`, after a look at the numbers: they have no gap.
    pub(crate) async fn told(&self) -> Vec<String> {
        let events = self.test.engine.list_events(&self.caller, EventFilter::default(), 100).await.unwrap().data;
        let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
        assert_eq!(numbers, (1..).take(events.len()).collect::<Vec<i64>>());
        let word =
            |body: &Value, pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        events
            .iter()
            .map(|event| serde_json::from_str(&event.body).unwrap())
            .map(|body| format!("{} {}", word(&body, "/type"), word(&body, "/data/status")))
            .collect()
    }
}

async fn another(test: &TestEngine, caller: &Caller) -> AccountRef {
    let new = NewAccount { provider: ProviderKind::Sandbox, name: "Shop".to_owned() };
    let id = test.engine.create_account(caller, new).await.unwrap().id;
    // Twice, so that there is an earlier epoch.
    test.engine.leases.take_accounts(&test.engine.database, &[(id, caller.workspace_id)]).await.unwrap();
    let taken = test.engine.leases.take_accounts(&test.engine.database, &[(id, caller.workspace_id)]).await.unwrap();
    AccountRef {
        id,
        workspace_id: caller.workspace_id,
        mode: Mode::Test,
        provider: ProviderKind::Sandbox,
        epoch: taken[0].1,
    }
}
