//! `wagate config`: the settings in effect, or the reference of all of them.

use crate::{
    exit::Failure,
    print,
    settings::{Resolved, markdown},
};

/// What to print.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    /// Print the reference of all settings in Markdown instead.
    #[arg(long)]
    markdown: bool,
}

/// Prints to stdout. No secret is in it.
pub fn run(args: &ConfigArgs, resolved: &Resolved) -> Result<(), Failure> {
    let text = if args.markdown { markdown() } else { listing(resolved) };
    Ok(print::line(text.trim_end())?)
}

/// A line for each setting: name, value, where it came from.
pub fn listing(resolved: &Resolved) -> String {
    let rows: Vec<(String, String)> = resolved
        .listed
        .iter()
        .map(|setting| (format!("{} = {:?}", setting.name, setting.value), setting.origin.to_string()))
        .collect();
    let width = rows.iter().map(|(row, _)| row.chars().count()).filter(|width| *width <= 60).max().unwrap_or(0);
    let lines: Vec<String> = rows.iter().map(|(row, origin)| format!("{row:width$}  # {origin}")).collect();
    lines.join("\n")
}
