//! A started account as the engine sees it: sending, and the end of the connection.

use crate::{
    account::Account,
    journal::Arrival,
    numbers::{Answer, Behaviour, When, behaviour},
    qr,
    state::State,
};
use async_trait::async_trait;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};
use wagate_model::{
    AccountStatus, ChatAddress, Content, Reason,
    provider::{FetchedMedia, Outbound, QrCode, Receipt, SendFailure, Session},
};

/// A session of one account. Dropping it ends the account's pending work.
pub(crate) struct SandboxSession {
    account: Arc<Account>,
}

impl SandboxSession {
    pub(crate) fn new(account: Arc<Account>) -> Self {
        Self { account }
    }

    /// Whether the network takes the message at all.
    async fn admit(&self, message: &Outbound, behaviour: &Behaviour) -> Result<(), SendFailure> {
        self.account.check_can_send()?;
        check_content(&message.content)?;
        if self.account.network.chance() < self.account.state().failure_rate.unwrap_or(0.0) {
            return Err(SendFailure::new(
                Reason::ProviderUnavailable,
                "the sandbox fails some sends, as its settings say",
            ));
        }
        let Some(refusal) = behaviour.refusal else {
            return Ok(());
        };
        let applies = match refusal.when {
            When::Always => true,
            When::FirstTry => message.attempt <= 1,
            When::NewChat => !self.account.network.journal.has_written(self.account.id, &message.chat_id),
        };
        if !applies {
            return Ok(());
        }
        self.account.suffer(refusal.effect).await;
        let failure = SendFailure::new(refusal.reason, refusal.detail);
        Err(SendFailure { retry_after: refusal.retry_after, ..failure })
    }

    /// Lets the message arrive, on disk; what follows from it goes on by itself.
    async fn arrive(&self, message: &Outbound, behaviour: &Behaviour, latency: Duration) -> Result<(), SendFailure> {
        let arrival = Arrival {
            message_id: message.message_id,
            provider_message_id: message.provider_message_id.clone(),
            account_id: self.account.id,
            chat_id: message.chat_id.clone(),
            attempt: message.attempt,
            at: self.account.network.now(),
            kind: message.content.kind(),
            content: message.content.to_json(),
            reply_to: message.reply_to.clone(),
            mentions: message.mentions.clone(),
            is_forwarded: message.is_forwarded,
            media_sha256: uploaded(message).await?,
            repeat: 0,
        };
        let written = self.account.network.journal.arrive(arrival.clone()).await;
        written.map_err(|error| SendFailure::new(Reason::OutcomeUnknown, error.to_string()))?;
        if behaviour.has_aftermath() {
            self.account.follow_up(arrival, latency + behaviour.news_wait());
        }
        Ok(())
    }
}

#[async_trait]
impl Session for SandboxSession {
    async fn send(&self, message: &Outbound) -> Result<Receipt, SendFailure> {
        let behaviour = behaviour(&message.chat_id);
        self.admit(message, behaviour).await?;
        let latency = Duration::from_millis(u64::from(self.account.state().latency_ms.unwrap_or(0)));
        let answer = async {
            self.arrive(message, behaviour, latency).await?;
            wait(latency).await;
            match behaviour.answer {
                Answer::After(time) | Answer::OvertakenAfter(time) => wait(time).await,
                Answer::Never => std::future::pending().await,
                Answer::FirstLost if message.attempt <= 1 => {
                    return Err(SendFailure::new(Reason::OutcomeUnknown, "the answer was lost"));
                }
                Answer::FirstLost => {}
            }
            Ok(Receipt { provider_message_id: message.provider_message_id.clone() })
        };
        let ended = || SendFailure::new(Reason::OutcomeUnknown, "the session ended before the network answered");
        let receipt = self.account.stopped.run_until_cancelled(answer).await.ok_or_else(ended)??;
        self.account.sink.frame_seen();
        Ok(receipt)
    }

    async fn mark_read(&self, _chat: &ChatAddress, _provider_message_ids: &[String]) -> Result<(), SendFailure> {
        self.account
            .connection()
            .map(|_| self.account.sink.frame_seen())
            .ok_or_else(|| SendFailure::new(Reason::ProviderUnavailable, "the account is not connected"))
    }

    async fn fetch_media(&self, reference: &Value) -> Result<FetchedMedia, SendFailure> {
        let text = |name| reference.get(name).and_then(Value::as_str);
        let unknown = || SendFailure::new(Reason::MediaUnavailable, "the network knows of no such file");
        match (text("link"), text("id")) {
            (Some(link), _) => Ok(FetchedMedia::Link(link.to_owned())),
            (None, Some(id)) => id.parse().map(FetchedMedia::Stored).map_err(|_invalid| unknown()),
            (None, None) => Err(unknown()),
        }
    }

    fn qr(&self) -> Option<QrCode> {
        let waits = self.account.status().0 == AccountStatus::Qr && !self.account.stopped.is_cancelled();
        waits.then(|| qr::code(self.account.id, self.account.network.now()))
    }

    async fn stop(&self) {
        self.account.network.leave(&self.account);
    }

    async fn log_out(&self) -> Result<(), SendFailure> {
        let failed = |error| SendFailure::new(Reason::Internal, format!("{error}"));
        self.account.keep(|_| State::default()).await.map_err(failed)?;
        self.account.become_and_tell(AccountStatus::LoggedOut).await.map_err(failed)
    }
}

impl Drop for SandboxSession {
    fn drop(&mut self) {
        self.account.network.leave(&self.account);
    }
}

/// Takes a message's file as a network would, byte by byte; answers its SHA-256.
async fn uploaded(message: &Outbound) -> Result<Option<String>, SendFailure> {
    let Some(media) = &message.media else {
        return match message.content.media() {
            Some(_) => Err(SendFailure::new(Reason::MediaUnavailable, "the file is not here")),
            None => Ok(None),
        };
    };
    let mut reader = media.bytes.open().await?;
    let mut hash = Sha256::new();
    while let Some(piece) = reader.next().await? {
        hash.update(&piece);
    }
    let sha256 = hex::encode(hash.finalize());
    if sha256 != media.sha256 {
        return Err(SendFailure::new(Reason::MediaUnavailable, "the file is not what it was"));
    }
    Ok(Some(sha256))
}

/// Sleeps, but not at all for no time: a timer's shortest sleep is a millisecond.
async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// Whether the sandbox can send content of this type. Must agree with its capabilities.
fn check_content(content: &Content) -> Result<(), SendFailure> {
    match content {
        Content::Text(_)
        | Content::Location(_)
        | Content::Image(_)
        | Content::Video(_)
        | Content::Audio(_)
        | Content::Voice(_)
        | Content::Document(_)
        | Content::Sticker(_)
        | Content::Contacts(_)
        | Content::Reaction(_)
        | Content::Poll(_)
        | Content::Interactive(_)
        | Content::Template(_)
        | Content::Edit(_)
        | Content::Revoke(_) => Ok(()),
        Content::Revoked(_) | Content::Unsupported(_) => {
            Err(SendFailure::new(Reason::ContentUnsupported, "the sandbox does not send this type of content yet"))
        }
    }
}
