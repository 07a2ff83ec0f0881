//! What a new key gets, and what it is refused.

use super::*;

fn account(digit: char) -> AccountId {
    format!("acc_{}", digit.to_string().repeat(26)).parse().unwrap()
}

fn new(scopes: Option<Vec<Scope>>, account_ids: Option<Vec<AccountId>>) -> NewKey {
    NewKey { name: "ci".to_owned(), scopes, account_ids, expires_at: None }
}

fn faults(creator: &Grant, asked: &NewKey) -> Vec<(String, &'static str)> {
    match creator.for_new(asked, Timestamp(1_000)) {
        Err(Error::Invalid(faults)) => faults.into_iter().map(|fault| (fault.field, fault.code)).collect(),
        other => panic!("{other:?}"),
    }
}

fn creator() -> Grant {
    Grant {
        mode: Mode::Live,
        scopes: [Scope::KeysWrite, Scope::MessagesRead].into_iter().collect(),
        accounts: Some(vec![account('1'), account('2')]),
    }
}

#[test]
fn a_key_that_asks_for_nothing_gets_what_its_creator_has() {
    assert_eq!(creator().for_new(&new(None, None), Timestamp(0)).unwrap(), creator());
}

#[test]
fn a_key_gets_the_part_that_it_asks_for() {
    let asked = new(Some(vec![Scope::MessagesRead]), Some(vec![account('2')]));
    let given = creator().for_new(&asked, Timestamp(0)).unwrap();
    assert_eq!(given.scopes, std::iter::once(Scope::MessagesRead).collect());
    assert_eq!(given.accounts, Some(vec![account('2')]));
    assert!(given.is_within(&creator()) && !creator().is_within(&given));
}

#[test]
fn every_field_that_asks_for_more_is_named() {
    let mut asked = new(Some(vec![Scope::MessagesRead, Scope::MessagesSend]), Some(vec![account('3'), account('1')]));
    asked.expires_at = Some(Timestamp(1_000));
    let expected = [("scopes/1", "not_allowed"), ("account_ids/0", "not_allowed"), ("expires_at", "out_of_range")];
    assert_eq!(faults(&creator(), &asked), expected.map(|(field, code)| (field.to_owned(), code)));
}

#[test]
fn empty_and_endless_lists_are_refused() {
    let everything = Grant::everything(Mode::Test);
    assert_eq!(faults(&everything, &new(Some(vec![]), None)), [("scopes".to_owned(), "too_short")]);
    assert_eq!(faults(&everything, &new(None, Some(vec![]))), [("account_ids".to_owned(), "too_short")]);
    assert_eq!(
        faults(&everything, &new(None, Some(vec![account('1'); 101]))),
        [("account_ids".to_owned(), "too_many")]
    );
}

#[test]
fn what_is_bound_to_accounts_is_within_what_is_not_but_never_the_other_way() {
    let unbound = Grant { accounts: None, ..creator() };
    assert!(creator().is_within(&unbound));
    assert!(!unbound.is_within(&creator()));
    assert!(!Grant { mode: Mode::Test, ..creator() }.is_within(&unbound));
}
