//! What the sandbox keeps of an account between two starts, inside the engine's sealed store.

use crate::fingerprint::fingerprint;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wagate_model::{AccountId, AccountStatus, PhoneNumber, provider::SimulatorSettings};

/// The saved state. An empty map is a new account; `{"linked": true}` is one that needs no QR.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// Whether the QR code was scanned and the login holds.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) linked: bool,
    /// The number that the account got when it was linked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<PhoneNumber>,
    /// Whether the network banned the account.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) banned: bool,
    /// Whether the network lets the account receive only.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) restricted: bool,
    /// How long a send takes, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latency_ms: Option<u32>,
    /// The part of sends that fail, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure_rate: Option<f64>,
}

impl State {
    /// Reads what was saved of `account`; unknown keys are left out.
    pub(crate) fn read(account: AccountId, saved: Map<String, Value>) -> Result<Self, serde_json::Error> {
        let state: Self = serde_json::from_value(Value::Object(saved))?;
        Ok(if state.linked { state.linked(account) } else { state })
    }

    /// The form in which it is saved.
    pub(crate) fn to_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }

    /// The state after the QR code was scanned.
    pub(crate) fn linked(self, account: AccountId) -> Self {
        let phone_number = self.phone_number.or_else(|| number_of(account));
        Self { linked: true, phone_number, ..self }
    }

    /// The status in which an account with this state comes to rest.
    pub(crate) fn resting_status(&self) -> AccountStatus {
        match self {
            Self { banned: true, .. } => AccountStatus::Banned,
            Self { linked: false, .. } => AccountStatus::Qr,
            Self { restricted: true, .. } => AccountStatus::Held,
            _ => AccountStatus::Connected,
        }
    }

    /// The settings of the simulation; what was never set has its default.
    pub(crate) fn settings(&self) -> SimulatorSettings {
        SimulatorSettings {
            latency_ms: Some(self.latency_ms.unwrap_or(0)),
            failure_rate: Some(self.failure_rate.unwrap_or(0.0)),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_false(it: &bool) -> bool {
    !*it
}

/// `+1555013` and eight digits that come from the account's id: 100 million numbers, so that even
/// many accounts hardly ever share one.
fn number_of(account: AccountId) -> Option<PhoneNumber> {
    let [a, b, c, d, ..] = fingerprint(&["number", &account.to_string()]);
    let digits = u32::from_le_bytes([a, b, c, d]) % 100_000_000;
    format!("+1555013{digits:08}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use ulid::Ulid;

    #[test]
    fn what_is_saved_is_read_back() {
        let account = AccountId::from(Ulid(9));
        let state = State { banned: true, failure_rate: Some(0.5), ..State::default().linked(account) };
        assert_eq!(State::read(account, state.to_map()).unwrap(), state);
        assert_eq!(State::read(account, Map::new()).unwrap(), State::default());
        assert_eq!(State::default().to_map(), Map::new());
    }

    #[test]
    fn an_account_that_is_given_as_linked_needs_nothing_more() {
        let Value::Object(saved) = json!({"linked": true, "of_a_later_version": 1}) else { unreachable!() };
        let state = State::read(AccountId::from(Ulid(9)), saved).unwrap();
        assert_eq!(state.resting_status(), AccountStatus::Connected);
        assert!(state.phone_number.is_some());
    }

    #[test]
    fn the_number_is_valid_and_the_same_at_every_link() {
        let account = AccountId::from(Ulid(77));
        let number = number_of(account).unwrap();
        assert!(number.as_str().starts_with("+1555013"), "{number}");
        assert_eq!(number_of(account), Some(number));
    }
}
