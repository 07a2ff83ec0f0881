//! `GET /v1/messages/stats`

use crate::{
    extract::{Authenticated, Query, Word, Words},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use wagate_engine::{
    Engine,
    messages::{Funnel, Statistics, StatsGroup, StatsRequest},
};
use wagate_model::{AccountId, CountBy, FieldError, Reason, Status, Timestamp};

/// Most accounts that can be named.
const MOST_ACCOUNTS: usize = 100;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatsQuery {
    /// From the hour of this time on; 30 days before `to` unless told.
    from: Option<Timestamp>,
    /// Up to the hour of this time, which counts too unless it only begins then; up to now unless told.
    to: Option<Timestamp>,
    /// What is counted by, with commas between: `hour` or `day`, `account`, `status`, `reason`. All
    /// together unless told.
    #[param(value_type = Option<Vec<CountBy>>, style = Form, explode = false)]
    group_by: Option<Words<CountBy>>,
    /// By which clocks a day begins: their offset from UTC in whole hours, such as `+02:00`; `Z` unless
    /// told.
    #[param(value_type = Option<String>, pattern = "^(Z|[+-](0[0-9]|1[0-4]):00)$")]
    time_zone: Option<Word<Offset>>,
    /// Only of these accounts, with commas between them, at most 100.
    #[param(value_type = Option<Vec<AccountId>>, style = Form, explode = false)]
    account_ids: Option<Words<AccountId>>,
    /// Only with this status.
    #[param(value_type = Option<Status>, inline)]
    status: Option<Word<Status>>,
    /// Only those that failed, were cancelled or expired for this reason.
    #[param(value_type = Option<Reason>, inline)]
    reason: Option<Word<Reason>>,
}

/// How many whole hours clocks are ahead of UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Offset(i8);

impl FromStr for Offset {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "An offset of whole hours was expected, such as `+02:00`, at most 14, or `Z`.";
        if text == "Z" {
            return Ok(Self(0));
        }
        // A plus that was not escaped comes as a space.
        let sign = match text.as_bytes().first() {
            Some(b'+' | b' ') => 1,
            Some(b'-') => -1,
            _ => return Err(EXPECTED),
        };
        let hours = text.get(1..).and_then(|rest| rest.strip_suffix(":00")).filter(|hours| hours.len() == 2);
        let hours = hours.filter(|hours| hours.bytes().all(|digit| digit.is_ascii_digit()));
        let hours = hours.and_then(|hours| hours.parse::<i8>().ok()).filter(|hours| *hours <= 14).ok_or(EXPECTED)?;
        Ok(Self(sign * hours))
    }
}

/// Counted messages.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MessageStats {
    /// From when, on a whole hour.
    from: Timestamp,
    /// To when, on a whole hour.
    to: Timestamp,
    /// In the order of time, account, status and reason. Groups without messages are left out.
    data: Vec<StatsGroupOut>,
}

/// A group of messages, and how far they came: a message that was read counts as sent, delivered and
/// read too.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MessageStatsGroup)]
struct StatsGroupOut {
    /// When its hour or day begins, if it is counted by that.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Timestamp>,
    /// Its account, if it is counted by that.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<AccountId>,
    /// Their present status, if it is counted by that.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// Why they failed, were cancelled or expired, if it is counted by that and they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// All outgoing messages.
    accepted: i64,
    /// Those not sent yet, and not given up.
    waiting: i64,
    /// Those that the network took.
    sent: i64,
    /// Those that reached the recipient's device.
    delivered: i64,
    /// Those that the recipient saw.
    read: i64,
    /// Those that were given up.
    failed: i64,
    /// Those that were cancelled.
    cancelled: i64,
    /// Those that expired.
    expired: i64,
    /// Incoming messages.
    received: i64,
}

impl From<StatsGroup> for StatsGroupOut {
    fn from(group: StatsGroup) -> Self {
        let StatsGroup { time, account_id, status, reason, funnel } = group;
        let Funnel { accepted, waiting, sent, delivered, read, failed, cancelled, expired, received } = funnel;
        Self {
            time,
            account_id,
            status,
            reason,
            accepted,
            waiting,
            sent,
            delivered,
            read,
            failed,
            cancelled,
            expired,
            received,
        }
    }
}

/// Count messages
///
/// Each message counts in the hour in which it was accepted or came in, under the status that it has now,
/// so the numbers of an hour change until its messages have ended. They are right at any moment, and stay
/// when retention deletes the messages. Needs the scope `messages:read`.
#[utoipa::path(get, path = "/v1/messages/stats", operation_id = "count_messages", tag = "Messages",
    params(StatsQuery),
    responses((status = 200, description = "The counted messages.", body = MessageStats)))]
pub(crate) async fn stats(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Query(query): Query<StatsQuery>,
) -> Answer<Json<MessageStats>> {
    let account_ids = query.account_ids.unwrap_or_default().0;
    if account_ids.len() > MOST_ACCOUNTS {
        let fault =
            FieldError::new("account_ids", "too_many", format!("At most {MOST_ACCOUNTS} accounts can be named."));
        return Err(fault.into());
    }
    let request = StatsRequest {
        from: query.from,
        to: query.to,
        group_by: query.group_by.unwrap_or_default().0,
        ahead: query.time_zone.map_or(0, |offset| offset.0.0),
        account_ids,
        status: query.status.map(|word| word.0),
        reason: query.reason.map(|word| word.0),
    };
    let Statistics { from, to, groups } = engine.message_stats(&caller, &request).await?;
    Ok(Json(MessageStats { from, to, data: groups.into_iter().map(StatsGroupOut::from).collect() }))
}
