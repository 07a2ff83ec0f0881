//! Every route of the API.

use super::{
    accounts, api_keys, audit_log, chats, contacts, deliveries, erasures, events, health, media, messages, operator,
    sandbox, webhooks, workspace,
};
use crate::parts::HttpState;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Routes whose answers are not kept under an idempotency key by a layer: those that need no key,
/// and those whose key commits with the message.
pub(crate) fn plain() -> OpenApiRouter<HttpState> {
    OpenApiRouter::default()
        .routes(routes!(health::alive::alive))
        .routes(routes!(health::ready::ready))
        .routes(routes!(messages::send::send, messages::list::list))
        .routes(routes!(messages::batch::batch))
        .routes(routes!(messages::retry::retry))
        .routes(routes!(messages::stats::stats))
        .routes(routes!(contacts::import::import))
        .routes(routes!(events::stream::stream))
        .routes(routes!(media::upload::upload))
        .routes(routes!(messages::edit::edit))
        .routes(routes!(messages::revoke::revoke))
        .routes(routes!(messages::forward::forward))
        .routes(routes!(operator::create::create, operator::list::list))
        .routes(routes!(operator::read::read, operator::update::update))
        .routes(routes!(operator::suspend::suspend))
        .routes(routes!(operator::resume::resume))
        .routes(routes!(operator::create_key::create_key))
}

/// Routes whose POSTs answer the same again for the same idempotency key.
pub(crate) fn kept() -> OpenApiRouter<HttpState> {
    OpenApiRouter::default()
        .routes(routes!(workspace::read::read, workspace::update::update))
        .routes(routes!(workspace::usage::usage))
        .routes(routes!(api_keys::create::create, api_keys::list::list))
        .routes(routes!(api_keys::read::read, api_keys::revoke::revoke))
        .routes(routes!(api_keys::rotate::rotate))
        .routes(routes!(accounts::create::create, accounts::list::list))
        .routes(routes!(accounts::read::read, accounts::rename::rename, accounts::delete::delete))
        .routes(routes!(accounts::connect::connect))
        .routes(routes!(accounts::disconnect::disconnect))
        .routes(routes!(accounts::qr::qr))
        .routes(routes!(messages::read::read, messages::update::update))
        .routes(routes!(media::read::read, media::delete::delete))
        .routes(routes!(media::content::content))
        .routes(routes!(messages::cancel::cancel))
        .routes(routes!(messages::mark_read::mark_read))
        .routes(routes!(chats::list::list))
        .routes(routes!(chats::read::read))
        .routes(routes!(chats::messages::messages))
        .routes(routes!(chats::mark_read::mark_read))
        .routes(routes!(chats::assign::assign))
        .routes(routes!(chats::close::close))
        .routes(routes!(chats::reopen::reopen))
        .routes(routes!(chats::archive::archive))
        .routes(routes!(chats::unarchive::unarchive))
        .routes(routes!(contacts::create::create, contacts::list::list))
        .routes(routes!(contacts::read::read, contacts::update::update, contacts::delete::delete))
        .routes(routes!(contacts::export::export))
        .routes(routes!(contacts::read_import::read_import))
        .routes(routes!(contacts::report::report))
        .routes(routes!(contacts::opt_out::opt_out))
        .routes(routes!(contacts::opt_in::opt_in))
        .routes(routes!(webhooks::create::create, webhooks::list::list))
        .routes(routes!(webhooks::read::read, webhooks::update::update, webhooks::delete::delete))
        .routes(routes!(webhooks::rotate_secret::rotate_secret))
        .routes(routes!(webhooks::test::test))
        .routes(routes!(webhooks::enable::enable))
        .routes(routes!(webhooks::deliveries::deliveries))
        .routes(routes!(webhooks::recover::recover))
        .routes(routes!(deliveries::read::read))
        .routes(routes!(deliveries::resend::resend))
        .routes(routes!(erasures::create::create))
        .routes(routes!(erasures::read::read))
        .routes(routes!(events::list::list))
        .routes(routes!(audit_log::list::list))
        .routes(routes!(sandbox::inbound::inbound))
        .routes(routes!(sandbox::edit::edit))
        .routes(routes!(sandbox::revoke::revoke))
        .routes(routes!(sandbox::scan::scan))
        .routes(routes!(sandbox::drop::drop))
        .routes(routes!(sandbox::ban::ban))
        .routes(routes!(sandbox::restore::restore))
        .routes(routes!(sandbox::settings::settings))
}
