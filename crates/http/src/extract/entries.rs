//! Lists whose entries are read one by one later, so that a bad one does not spoil the others.

use super::JsonObject;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use std::fmt;

/// At most `MOST` entries; `None` for each that is no object.
#[derive(Debug)]
pub(crate) struct Entries<const MOST: usize>(pub(crate) Vec<Option<JsonObject>>);

impl<'de, const MOST: usize> Deserialize<'de> for Entries<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(EntriesVisitor::<MOST>)
    }
}

struct EntriesVisitor<const MOST: usize>;

impl<'de, const MOST: usize> Visitor<'de> for EntriesVisitor<MOST> {
    type Value = Entries<MOST>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(Entry(entry)) = seq.next_element()? {
            if entries.len() == MOST {
                return Err(A::Error::custom(format!("too_many: At most {MOST} entries are allowed.")));
            }
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

struct Entry(Option<JsonObject>);

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor).map(Self)
    }
}

struct EntryVisitor;

macro_rules! none {
    ($($name:ident($type:ty)),+) => {
        $(fn $name<E>(self, _: $type) -> Result<Self::Value, E> { Ok(None) })+
    };
}

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Option<JsonObject>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    none!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        JsonObject::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_object_is_marked_in_its_place() {
        let read: Entries<9> = serde_json::from_str(r#"[{"a":1},1,-1,1.5,"x",null,true,[[{}]],{}]"#).unwrap();
        let are_objects: Vec<_> = read.0.iter().map(Option::is_some).collect();
        assert_eq!(are_objects, [true, false, false, false, false, false, false, false, true]);
    }

    #[test]
    fn one_too_many_is_refused() {
        assert!(serde_json::from_str::<Entries<2>>("[{},{}]").is_ok());
        let refusal = serde_json::from_str::<Entries<2>>("[{},{},{}]").unwrap_err();
        assert!(refusal.to_string().starts_with("too_many: "), "{refusal}");
        assert!(serde_json::from_str::<Entries<2>>("{}").is_err());
    }
}
