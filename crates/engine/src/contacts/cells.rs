//! Cells that no spreadsheet takes for formulas.
//!
//! A cell that begins with one of these marks gets an apostrophe before it on its way out, and loses
//! it on its way in. One that begins so after apostrophes of its own gets one more: what goes out
//! comes in as it was.

/// What a formula can begin with, as spreadsheets see it.
const MARKS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn begins_a_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(MARKS)
}

/// A text as it goes out.
pub(super) fn guarded(cell: &str) -> String {
    if begins_a_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A text as it comes in.
pub(super) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if begins_a_formula(rest) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::{MARKS, guarded, unguarded};
    use proptest::prelude::*;

    #[test]
    fn a_formula_goes_out_as_a_text() {
        assert_eq!(guarded("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
        assert_eq!(guarded("+15550100001"), "'+15550100001");
        assert_eq!(guarded("'=1"), "''=1");
        assert_eq!(guarded("O'Hara = 1"), "O'Hara = 1");
        assert_eq!(guarded("'n Beetje"), "'n Beetje");
        assert_eq!(unguarded("+15550100001"), "+15550100001", "as people write it");
    }

    proptest! {
        #[test]
        fn what_goes_out_comes_in_as_it_was(cell in "['=+@\\-\t\r\n＝a ]{0,6}") {
            let out = guarded(&cell);
            prop_assert!(!out.starts_with(MARKS));
            prop_assert_eq!(unguarded(&out), cell);
        }
    }
}
