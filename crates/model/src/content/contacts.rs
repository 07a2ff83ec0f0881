//! Cards of people.

use super::fields::{Faults, Fields, line, line_like, list, object, web_url};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// 1 to 5 cards of people or companies, in Meta's shape. The number of cards is Meta's limit; the
/// rest is ours, since Meta states none: lines of up to 256 characters, and up to 20 entries
/// in each list of a card.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(min_items = 1, max_items = 5)]
pub struct Contacts(
    /// The cards.
    pub Vec<Contact>,
);

/// One card.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SharedContact)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What the person is called.
    pub name: ContactName,
    /// Telephone numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub phones: Vec<ContactPhone>,
    /// Addresses of e-mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub emails: Vec<ContactEmail>,
    /// Postal addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub addresses: Vec<ContactAddress>,
    /// Where the person works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<ContactOrganization>,
    /// Web pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub urls: Vec<ContactUrl>,
    /// The day of birth as `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "date")]
    pub birthday: Option<String>,
}

/// Makes a part of a card: lines that may be left out, each up to 256 characters, after those
/// fields that must be given.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident { $($needed:ident: $read:expr, $needed_doc:literal;)* } $($field:ident = $key:literal, $field_doc:literal;)*) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(
                #[doc = $needed_doc]
                #[schema(min_length = 1)]
                pub $needed: String,
            )*
            $(
                #[doc = $field_doc]
                #[serde(rename = $key, default, skip_serializing_if = "Option::is_none")]
                #[schema(min_length = 1, max_length = 256)]
                pub $field: Option<String>,
            )*
        }

        super::silent_debug!($name);

        impl $name {
            fn read(fields: &mut Fields<'_>) -> Option<Self> {
                $(let $needed = fields.needed(stringify!($needed), $read);)*
                $(let $field = fields.optional($key, line(256));)*
                Some(Self { $($needed: $needed?,)* $($field,)* })
            }
        }
    };
}

part! {
    /// What a person is called. Meta wants one of the parts beside `formatted_name`.
    ContactName { formatted_name: line(256), "The whole name, as it is shown."; }
    first_name = "first_name", "The given name.";
    last_name = "last_name", "The family name.";
    middle_name = "middle_name", "A name between the two.";
    prefix = "prefix", "A title, such as `Dr.`.";
    suffix = "suffix", "What follows the name, such as `Jr.`.";
}

part! {
    /// A telephone number.
    ContactPhone { phone: line(64), "The number as a person writes it, up to 64 characters."; }
    label = "type", "What it is, such as `HOME`, `WORK` or `CELL`.";
    wa_id = "wa_id", "The same number as WhatsApp knows it: digits alone.";
}

part! {
    /// An address of e-mail.
    ContactEmail { email: line(320), "The address, up to 320 characters."; }
    label = "type", "What it is, such as `HOME` or `WORK`.";
}

part! {
    /// A web page.
    ContactUrl { url: web_url, "An `http` or `https` URL, up to 2,000 characters."; }
    label = "type", "What it is, such as `HOME` or `WORK`.";
}

part! {
    /// Where a person works.
    ContactOrganization {}
    company = "company", "The company.";
    department = "department", "The department.";
    title = "title", "What the person is there.";
}

part! {
    /// A postal address.
    ContactAddress {}
    street = "street", "Street and number.";
    city = "city", "The town.";
    state = "state", "The state or province.";
    zip = "zip", "The postal code.";
    country = "country", "The country's name.";
    country_code = "country_code", "The country's code, such as `DE`.";
    label = "type", "What it is, such as `HOME` or `WORK`.";
}

super::silent_debug!(Contacts, Contact);

impl Contacts {
    pub(super) fn read(value: &Value) -> Result<Self, Faults> {
        list(1..=5, |card| object(card, Contact::read))(value).map(Self)
    }

    pub(super) fn sample() -> Self {
        Self(vec![Contact {
            name: ContactName {
                formatted_name: "Jane Roe".to_owned(),
                first_name: Some("Jane".to_owned()),
                last_name: Some("Roe".to_owned()),
                middle_name: None,
                prefix: None,
                suffix: None,
            },
            phones: vec![ContactPhone {
                phone: "+1 555 010 0001".to_owned(),
                label: Some("WORK".to_owned()),
                wa_id: Some("15550100001".to_owned()),
            }],
            emails: vec![ContactEmail { email: "jane@example.com".to_owned(), label: None }],
            addresses: Vec::new(),
            org: Some(ContactOrganization { company: Some("Example Ltd".to_owned()), department: None, title: None }),
            urls: Vec::new(),
            birthday: Some("1990-02-28".to_owned()),
        }])
    }
}

impl Contact {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.needed("name", |value| object(value, ContactName::read));
        let phones = fields.given("phones", list(0..=20, |it| object(it, ContactPhone::read)));
        let emails = fields.given("emails", list(0..=20, |it| object(it, ContactEmail::read)));
        let addresses = fields.given("addresses", list(0..=20, |it| object(it, ContactAddress::read)));
        let org = fields.optional("org", |it| object(it, ContactOrganization::read));
        let urls = fields.given("urls", list(0..=20, |it| object(it, ContactUrl::read)));
        let birthday = fields.optional("birthday", line_like(10, is_day, "A day such as 1990-02-28"));
        Some(Self {
            name: name?,
            phones: phones.unwrap_or_default(),
            emails: emails.unwrap_or_default(),
            addresses: addresses.unwrap_or_default(),
            org,
            urls: urls.unwrap_or_default(),
            birthday,
        })
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}
