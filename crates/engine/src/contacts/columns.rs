//! The columns of a file of contacts, and what a line of cells says.

use super::{ContactPatch, cells::unguarded, change::check_person};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wagate_model::{ChatAddress, FieldError};

/// The columns that an export has, in its order.
pub(super) const EXPORTED: [&str; 5] = ["address", "name", "labels", "attributes", "opted_out_at"];
/// What stands between the labels of a cell.
pub(super) const BETWEEN_LABELS: char = '|';
/// What a column for one attribute begins with.
const ATTRIBUTE: &str = "attribute:";

/// One column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Column {
    Address,
    Name,
    Labels,
    /// All attributes, as a JSON object.
    Attributes,
    /// One attribute, by its key.
    Attribute(String),
    /// For reading only: nobody is opted out by a file.
    OptedOutAt,
}

/// The columns that a file's header names.
///
/// # Errors
///
/// Every name that is no column, is there twice, or is missing.
pub(super) fn columns(header: &[String]) -> Result<Vec<Column>, Vec<FieldError>> {
    let mut faults = Vec::new();
    let mut columns = Vec::with_capacity(header.len());
    for name in header {
        let shown: String = name.chars().take(100).collect();
        match column(name) {
            None => faults.push(FieldError::new(
                shown,
                "unknown_field",
                "There is no such column; known, with commas between them: address, name, labels, attributes, \
                 attribute:KEY, opted_out_at.",
            )),
            Some(known) if columns.contains(&known) => {
                faults.push(FieldError::new(shown, "not_allowed", "This column is there twice."));
            }
            Some(known) => columns.push(known),
        }
    }
    if !columns.contains(&Column::Address) {
        faults.push(FieldError::required("address"));
    }
    faults.truncate(20);
    if faults.is_empty() { Ok(columns) } else { Err(faults) }
}

fn column(name: &str) -> Option<Column> {
    let name = unguarded(name.trim_start_matches('\u{feff}').trim());
    match name {
        "address" => Some(Column::Address),
        "name" => Some(Column::Name),
        "labels" => Some(Column::Labels),
        "attributes" => Some(Column::Attributes),
        "opted_out_at" => Some(Column::OptedOutAt),
        other => other.strip_prefix(ATTRIBUTE).map(|key| Column::Attribute(key.to_owned())),
    }
}

/// What a line says: whose card it is, and what to write there. Empty cells say nothing.
///
/// # Errors
///
/// Every cell that is not as it should be, by its column.
pub(super) fn line(columns: &[Column], cells: &[String]) -> Result<(ChatAddress, ContactPatch), Vec<FieldError>> {
    if cells.len() != columns.len() {
        let detail = format!("{} cells were expected, as the header has; here are {}.", columns.len(), cells.len());
        return Err(vec![FieldError::format("", detail)]);
    }
    let mut faults = Vec::new();
    let (mut address, mut patch) = (None, ContactPatch::default());
    for (column, cell) in columns.iter().zip(cells) {
        let cell = unguarded(cell);
        match column {
            Column::Address => match read_address(cell) {
                Ok(read) => address = Some(read),
                Err(fault) => faults.push(fault.within("address")),
            },
            _ if cell.trim().is_empty() => {}
            Column::Name => patch.name = Some(Some(cell.to_owned())),
            Column::Labels => {
                let labels = cell.split(BETWEEN_LABELS).map(str::trim).filter(|label| !label.is_empty());
                patch.labels = Some(labels.map(str::to_owned).collect());
            }
            Column::Attributes => match serde_json::from_str::<BTreeMap<String, String>>(cell) {
                Ok(all) => patch.attributes.extend(all.into_iter().map(|(key, value)| (key, Some(value)))),
                Err(_) => faults.push(FieldError::format("attributes", "A JSON object of texts was expected.")),
            },
            Column::Attribute(key) => {
                patch.attributes.insert(key.clone(), Some(cell.to_owned()));
            }
            Column::OptedOutAt => {}
        }
    }
    match (patch.checked(), address) {
        (Ok(patch), Some(address)) if faults.is_empty() => Ok((address, patch)),
        (checked, _) => {
            faults.extend(checked.err().unwrap_or_default());
            Err(faults)
        }
    }
}

/// A number as people write it, with or without its `+`, or a person's address.
fn read_address(cell: &str) -> Result<ChatAddress, FieldError> {
    let cell = cell.trim();
    let address = if cell.contains('@') {
        cell.parse::<ChatAddress>()?
    } else {
        let digits: String =
            cell.strip_prefix('+').unwrap_or(cell).chars().filter(|c| !" -.()/\u{a0}".contains(*c)).collect();
        format!("+{digits}").parse()?
    };
    check_person(&address).map_err(|fault| FieldError { field: String::new(), ..fault })?;
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::{Column, columns, line, read_address};

    fn texts(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_number_is_read_however_it_is_written() {
        for text in ["+15550100001", "15550100001", " +1 (555) 010-0001 ", "1.555.010/0001"] {
            assert_eq!(read_address(text).map(|address| address.to_string()), Ok("+15550100001".to_owned()), "{text}");
        }
        assert!(read_address("123456789012345@lid").is_ok());
        for text in ["", "+", "++15550100001", "0155501", "1.55501E+10", "=1+1", "12@g.us", "x@lid", "١٢٣٤٥٦٧"] {
            assert!(read_address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_header_names_known_columns_once() {
        assert_eq!(columns(&texts(&["\u{feff}address", " name"])), Ok(vec![Column::Address, Column::Name]));
        for (header, field, code) in [
            (vec!["name"], "address", "required"),
            (vec!["address", "phone"], "phone", "unknown_field"),
            (vec!["address", "address"], "address", "not_allowed"),
            (vec!["address;name"], "address;name", "unknown_field"),
        ] {
            let faults = columns(&texts(&header)).unwrap_err();
            assert_eq!((faults[0].field.as_str(), faults[0].code), (field, code), "{header:?}");
        }
    }

    #[test]
    fn each_bad_cell_of_a_line_is_named() {
        let all = columns(&texts(&["address", "name", "labels", "attributes", "attribute:city"])).unwrap();
        let (address, patch) =
            line(&all, &texts(&["'+15550100001", "'=Ana", "a| b |", "{\"x\":\"1\"}", "Malmö"])).unwrap();
        assert_eq!((address.as_str(), patch.name), ("+15550100001", Some(Some("=Ana".to_owned()))));
        assert_eq!((patch.labels, patch.attributes.len()), (Some(texts(&["a", "b"])), 2));
        let long = "x".repeat(600);
        let faults = line(&all, &texts(&["nobody", "a\nb", &"y".repeat(60), "[]", &long])).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["address", "attributes", "name", "labels/0", "attributes/city"]);
        assert_eq!(line(&all, &texts(&["+15550100001"])).unwrap_err()[0].code, "invalid_format");
    }
}
