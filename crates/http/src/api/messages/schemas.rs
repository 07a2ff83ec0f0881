//! How the document describes messages: one schema per type, made from the list of types, so that
//! a new type describes itself.

use super::{MessageOut, message_in::MOST_METADATA, relations_in};
use crate::extract::ClientRef;
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema,
        schema::{AdditionalProperties, ArrayBuilder, Components, Discriminator, SchemaType, Type},
    },
};
use wagate_model::{
    AccountId, ChatAddress, Content, Context, Direction, HistoryEntry, MessageId, Mode, Origin, Reason, Status,
    Timestamp,
    content::{self, ContentKind},
};

/// The body of `POST /v1/messages`. A marker: the body itself is read field by field.
pub(crate) struct MessageIn;

/// The body of `POST /v1/sandbox/accounts/{id}/inbound`.
pub(crate) struct InboundIn;

/// The body of `POST /v1/messages/{id}/edit`.
pub(crate) struct EditIn;

/// The body of `POST /v1/messages/{id}/forward`.
pub(crate) struct ForwardIn;

type Schemas = Vec<(String, RefOr<Schema>)>;

macro_rules! contents {
    ($($kind:ident),+ $(,)?) => {
        /// The name of the schema of a type's object.
        fn content_name(kind: ContentKind) -> Cow<'static, str> {
            match kind { $(ContentKind::$kind => <content::$kind as ToSchema>::name()),+ }
        }

        fn content_schemas(schemas: &mut Schemas) {
            $(add::<content::$kind>(schemas);)+
        }
    };
}

contents! {
    Text, Image, Video, Audio, Voice, Document, Sticker, Location, Contacts, Reaction, Poll, Interactive, Template,
    Edit, Revoke, Revoked, Unsupported,
}

fn add<T: ToSchema>(schemas: &mut Schemas) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

fn named<T: ToSchema>() -> RefOr<Schema> {
    Ref::from_schema_name(T::name()).into()
}

/// A schema, or `null`.
fn or_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    OneOfBuilder::new().item(ObjectBuilder::new().schema_type(Type::Null)).item(schema).into()
}

fn metadata() -> ObjectBuilder {
    ObjectBuilder::new().additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true)))
}

fn sendable() -> impl Iterator<Item = ContentKind> {
    ContentKind::ALL.iter().copied().filter(|kind| kind.is_written())
}

/// The name of the schema of a whole body of one type, such as `TextMessageIn`.
fn body_name(kind: ContentKind, of: &str) -> String {
    format!("{}{of}", content_name(kind))
}

/// An object with `type` and the object that it names, closed to anything else.
fn body(kind: ContentKind, others: ObjectBuilder) -> Schema {
    let word = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([kind.as_str()]));
    others
        .property("type", word)
        .property(kind.as_str(), Ref::from_schema_name(content_name(kind)))
        .required("type")
        .required(kind.as_str())
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
        .into()
}

fn message_body(kind: ContentKind) -> Schema {
    let context = relations_in::schema("The message that this one answers: one of the same account and chat.", {
        named::<MessageId>()
    });
    let others = to_somebody()
        .description(Some(format!("A message of the type `{kind}`.")))
        .property("context", or_null(context))
        .property("mentions", or_null(relations_in::people()))
        .property("send_at", or_null(named::<Timestamp>()))
        .property("expires_at", or_null(named::<Timestamp>()))
        .examples([example(kind, "to")]);
    body(kind, others)
}

/// What is given beside the content wherever something is sent.
fn to_somebody() -> ObjectBuilder {
    let metadata = metadata()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .max_properties(Some(MOST_METADATA))
        .description(Some(
            "Your own data, up to 50 entries and 4,096 bytes as JSON; comes back with every answer and event.",
        ));
    ObjectBuilder::new()
        .property("account_id", or_null(named::<AccountId>()))
        .property("to", named::<ChatAddress>())
        .required("to")
        .property("client_ref", or_null(named::<ClientRef>()))
        .property("metadata", metadata)
}

fn inbound_body(kind: ContentKind) -> Schema {
    let id = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(128));
    let context = relations_in::schema(
        "The message that this one answers: our id (`msg_...`), or the network's.",
        id.pattern(Some("^[!-~]+$")).into(),
    );
    let others = ObjectBuilder::new()
        .description(Some(format!("An incoming message of the type `{kind}`.")))
        .property("from", named::<ChatAddress>())
        .required("from")
        .property("context", or_null(context))
        .property("mentions", or_null(relations_in::people()))
        .property("forwarded", ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Boolean, Type::Null])))
        .examples([example(kind, "from")]);
    body(kind, others)
}

fn example(kind: ContentKind, address: &str) -> serde_json::Value {
    serde_json::json!({ (address): "+15550100001", "type": kind, (kind.as_str()): Content::sample(kind).to_json() })
}

/// One of the bodies, told apart by `type`.
fn one_of(of: &str, description: &str) -> RefOr<Schema> {
    let place = |kind| format!("#/components/schemas/{}", body_name(kind, of));
    let mapping = sendable().map(|kind| (kind.as_str().to_owned(), place(kind)));
    let bodies =
        sendable().fold(OneOfBuilder::new(), |bodies, kind| bodies.item(Ref::from_schema_name(body_name(kind, of))));
    bodies.description(Some(description)).discriminator(Some(Discriminator::with_mapping("type", mapping))).into()
}

impl PartialSchema for MessageIn {
    fn schema() -> RefOr<Schema> {
        one_of("MessageIn", "A message to be sent: `type` names the object beside it.")
    }
}

impl ToSchema for MessageIn {
    fn schemas(schemas: &mut Schemas) {
        content_schemas(schemas);
        add::<AccountId>(schemas);
        add::<ChatAddress>(schemas);
        add::<ClientRef>(schemas);
        add::<Timestamp>(schemas);
        schemas.extend(sendable().map(|kind| (body_name(kind, "MessageIn"), message_body(kind).into())));
    }
}

impl PartialSchema for InboundIn {
    fn schema() -> RefOr<Schema> {
        one_of("InboundIn", "A message that somebody writes to the account: `type` names the object beside it.")
    }
}

impl ToSchema for InboundIn {
    fn schemas(schemas: &mut Schemas) {
        content_schemas(schemas);
        schemas.extend(sendable().map(|kind| (body_name(kind, "InboundIn"), inbound_body(kind).into())));
    }
}

impl PartialSchema for EditIn {
    fn schema() -> RefOr<Schema> {
        let caption = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(1024));
        let only = |name: &str, schema: RefOr<Schema>| {
            ObjectBuilder::new()
                .property(name, schema)
                .required(name)
                .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
        };
        OneOfBuilder::new()
            .description(Some(
                "What a message says instead: `text` for a text, `caption` for an image, video or document.",
            ))
            .item(only("text", named::<content::Text>()))
            .item(only("caption", caption.pattern(Some(r"^[^\x00]*[^\s\x00-\x1f\x7f-\x9f][^\x00]*$")).into()))
            .into()
    }
}

impl ToSchema for EditIn {
    fn schemas(schemas: &mut Schemas) {
        add::<content::Text>(schemas);
    }
}

impl PartialSchema for ForwardIn {
    fn schema() -> RefOr<Schema> {
        to_somebody()
            .description(Some("Where a message is forwarded to."))
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .into()
    }
}

impl ToSchema for ForwardIn {
    fn schemas(schemas: &mut Schemas) {
        add::<AccountId>(schemas);
        add::<ChatAddress>(schemas);
        add::<ClientRef>(schemas);
    }
}

impl PartialSchema for MessageOut {
    fn schema() -> RefOr<Schema> {
        let kinds = ContentKind::ALL.iter().map(|kind| kind.as_str());
        let object = ObjectBuilder::new()
            .description(Some("A message in either direction. `type` names the object beside it."))
            .property("type", ObjectBuilder::new().schema_type(Type::String).enum_values(Some(kinds)))
            .required("type");
        let object = ContentKind::ALL
            .iter()
            .fold(object, |object, kind| object.property(kind.as_str(), Ref::from_schema_name(content_name(*kind))));
        life(where_to(object)).into()
    }
}

/// Who and where.
fn where_to(object: ObjectBuilder) -> ObjectBuilder {
    let object = needed::<MessageId>(object, "id");
    let object = needed::<Mode>(object, "mode");
    let object = needed::<AccountId>(object, "account_id");
    let object = needed::<Direction>(object, "direction");
    let object = needed::<Origin>(object, "origin");
    needed::<ChatAddress>(object, "chat_id")
        .property("from", named::<ChatAddress>())
        .property("to", named::<ChatAddress>())
        .property("client_ref", or_null(text("Your own reference.")))
        .required("client_ref")
        .property("metadata", metadata().schema_type(Type::Object).description(Some("Your own data.")))
        .required("metadata")
        .property("media", named::<wagate_model::MessageMedia>())
        .property("retry_of", named::<MessageId>())
        .property("context", named::<Context>())
        .property("mentions", ArrayBuilder::new().items(named::<ChatAddress>()))
        .property("forwarded", ObjectBuilder::new().schema_type(Type::Boolean))
        .property("forwarded_from", named::<MessageId>())
}

/// What became of it.
fn life(object: ObjectBuilder) -> ObjectBuilder {
    let object = needed::<Status>(object, "status");
    let nullable = [
        ("reason", named::<Reason>()),
        ("reason_detail", text("What the provider said, in one line.")),
        ("hold_reason", named::<Reason>()),
        ("next_attempt_at", named::<Timestamp>()),
        ("provider_message_id", text("The network's id of it.")),
    ];
    let object = nullable
        .into_iter()
        .fold(object, |object, (name, schema)| object.property(name, or_null(schema)).required(name));
    let object = ["next_send_at", "send_at", "expires_at", "marked_read_at", "edited_at", "revoked_at"]
        .into_iter()
        .fold(object, |object, name| object.property(name, named::<Timestamp>()));
    let unknown = "Whether an attempt was started whose outcome nobody knows yet.";
    let object = object
        .property("outcome_unknown", ObjectBuilder::new().schema_type(Type::Boolean).description(Some(unknown)))
        .required("outcome_unknown")
        .property("attempts", ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)))
        .required("attempts")
        .property("history", ArrayBuilder::new().items(named::<HistoryEntry>()))
        .required("history");
    needed::<Timestamp>(needed::<Timestamp>(object, "created_at"), "updated_at")
}

fn needed<T: ToSchema>(object: ObjectBuilder, name: &str) -> ObjectBuilder {
    object.property(name, named::<T>()).required(name)
}

fn text(description: &str) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description)).into()
}

impl ToSchema for MessageOut {
    fn name() -> Cow<'static, str> {
        "Message".into()
    }

    fn schemas(schemas: &mut Schemas) {
        content_schemas(schemas);
        add::<MessageId>(schemas);
        add::<AccountId>(schemas);
        add::<Mode>(schemas);
        add::<Direction>(schemas);
        add::<Origin>(schemas);
        add::<ChatAddress>(schemas);
        add::<Status>(schemas);
        add::<Reason>(schemas);
        add::<Timestamp>(schemas);
        add::<HistoryEntry>(schemas);
        add::<wagate_model::MessageMedia>(schemas);
        add::<wagate_model::Change>(schemas);
        add::<Context>(schemas);
    }
}

/// Adds what queries and paths refer to, which the macros do not gather.
pub(crate) fn register(components: &mut Components) {
    let mut schemas = Schemas::new();
    add::<MessageOut>(&mut schemas);
    add::<wagate_model::WorkspaceId>(&mut schemas);
    add::<wagate_model::MediaId>(&mut schemas);
    add::<wagate_model::KeyId>(&mut schemas);
    add::<wagate_model::EndpointId>(&mut schemas);
    add::<wagate_model::DeliveryId>(&mut schemas);
    add::<wagate_model::EventType>(&mut schemas);
    add::<wagate_model::CountBy>(&mut schemas);
    components.schemas.extend(schemas);
}
