//! What was measured, as a table and as JSON.

use super::machine::Machine;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The figures of one run.
#[derive(Debug)]
pub struct Report {
    machine: Machine,
    pub(super) is_sqlite: bool,
    is_quick: bool,
    lines: Vec<Line>,
    warnings: Vec<String>,
}

/// One figure.
#[derive(Debug)]
pub(super) struct Line {
    /// Its name in JSON.
    pub(super) name: &'static str,
    /// What it is, for people.
    pub(super) what: String,
    pub(super) value: f64,
    pub(super) unit: Unit,
    pub(super) goal: Goal,
    /// What it is made of.
    pub(super) note: String,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    Ratio,
    PerSecond,
    Milliseconds,
    Rows,
    Mebibytes,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    None,
    AtLeast(f64),
    Below(f64),
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Ratio => format!("{value:.2}"),
            Self::PerSecond => format!("{}/s", thousands(value)),
            Self::Milliseconds => format!("{value:.2} ms"),
            Self::Rows => format!("{value:.1}"),
            Self::Mebibytes => format!("{value:.1} MiB"),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Ratio => "ratio",
            Self::PerSecond => "per_second",
            Self::Milliseconds => "ms",
            Self::Rows => "rows",
            Self::Mebibytes => "mib",
        }
    }
}

impl Goal {
    fn is_met(self, value: f64) -> Option<bool> {
        match self {
            Self::None => None,
            Self::AtLeast(least) => Some(value >= least),
            Self::Below(most) => Some(value < most),
        }
    }
}

impl Line {
    fn goal_text(&self) -> String {
        match self.goal {
            Goal::None => String::new(),
            Goal::AtLeast(least) => format!("at least {}", self.unit.show(least)),
            Goal::Below(most) => format!("below {}", self.unit.show(most)),
        }
    }

    fn verdict(&self) -> &'static str {
        match self.goal.is_met(self.value) {
            None => "",
            Some(true) => "met",
            Some(false) => "MISSED",
        }
    }

    fn json(&self) -> Value {
        let goal = match self.goal {
            Goal::None => Value::Null,
            Goal::AtLeast(least) => json!({ "at_least": least }),
            Goal::Below(most) => json!({ "below": most }),
        };
        json!({
            "name": self.name, "what": self.what, "value": self.value, "unit": self.unit.name(),
            "goal": goal, "is_met": self.goal.is_met(self.value), "note": self.note,
        })
    }
}

impl Report {
    pub(super) const fn new(machine: Machine, is_sqlite: bool, is_quick: bool) -> Self {
        Self { machine, is_sqlite, is_quick, lines: Vec::new(), warnings: Vec::new() }
    }

    pub(super) fn add(&mut self, line: Line) {
        // A run takes minutes: whoever waits sees each figure when it is there.
        crate::print::note(&format!("{}: {} {}", line.name, line.unit.show(line.value), line.verdict()));
        self.lines.push(line);
    }

    pub(super) fn warn(&mut self, warnings: Vec<String>) {
        self.warnings.extend(warnings);
    }

    const fn database(&self) -> &'static str {
        if self.is_sqlite { "SQLite" } else { "MySQL" }
    }

    /// For people: the machine, and one line for each figure.
    pub fn table(&self) -> String {
        let Machine { cores, processor, memory_gib, kernel, file_system, sync_ms, build } = &self.machine;
        let mut text = format!(
            "Wagate {} on {}, {build} build{}\n{cores} cores ({processor}), {memory_gib} GiB, Linux {kernel}, {file_system}, {sync_ms:.2} ms for a sync\n\n",
            env!("CARGO_PKG_VERSION"),
            self.database(),
            if self.is_quick { ", quick: less exact" } else { "" },
        );
        let width = |cell: fn(&Line) -> String| self.lines.iter().map(|line| cell(line).len()).max().unwrap_or(0);
        let value = |line: &Line| line.unit.show(line.value);
        let (names, values, goals) = (width(|line| line.name.to_owned()), width(value), width(Line::goal_text));
        for line in &self.lines {
            let (value, goal, verdict) = (value(line), line.goal_text(), line.verdict());
            writeln!(
                text,
                "{:names$}  {value:>values$}  {goal:goals$}  {verdict:6}  {}. {}.",
                line.name, line.what, line.note
            )
            .ok();
        }
        if let Some(last) = self.warnings.last() {
            writeln!(text, "\nThe gateway logged {} warnings; the last one: {last}", self.warnings.len()).ok();
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> anyhow::Result<String> {
        let figures: Vec<_> = self.lines.iter().map(Line::json).collect();
        Ok(serde_json::to_string_pretty(&json!({
            "version": env!("CARGO_PKG_VERSION"), "database": self.database(), "is_quick": self.is_quick,
            "machine": self.machine, "figures": figures, "warnings": self.warnings.len(),
        }))?)
    }
}

/// A whole number with commas between its thousands.
pub(super) fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::with_capacity(digits.len() + 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(lines: Vec<Line>) -> Report {
        let machine = Machine {
            cores: 2,
            processor: "Test".to_owned(),
            memory_gib: 1,
            kernel: "1".to_owned(),
            file_system: "ext4".to_owned(),
            sync_ms: 0.5,
            build: "debug",
        };
        Report { lines, ..Report::new(machine, true, false) }
    }

    fn line(value: f64, goal: Goal) -> Line {
        Line { name: "it", what: "What".to_owned(), value, unit: Unit::PerSecond, goal, note: "Note".to_owned() }
    }

    #[test]
    fn a_goal_is_met_or_missed_and_never_both() {
        let report = report(vec![
            line(2_500.0, Goal::AtLeast(2_500.0)),
            line(2_499.0, Goal::AtLeast(2_500.0)),
            line(39.9, Goal::Below(40.0)),
            line(40.0, Goal::Below(40.0)),
            line(1.0, Goal::None),
        ]);
        let table = report.table();
        assert_eq!((table.matches("  met ").count(), table.matches("MISSED").count()), (2, 2), "{table}");
        let json: Value = serde_json::from_str(&report.json().unwrap()).unwrap();
        let met: Vec<_> = json["figures"].as_array().unwrap().iter().map(|figure| figure["is_met"].clone()).collect();
        assert_eq!(met, [json!(true), json!(false), json!(true), json!(false), Value::Null]);
    }

    #[test]
    fn thousands_have_commas() {
        for (value, text) in [(0.0, "0"), (999.4, "999"), (1_000.0, "1,000"), (1_234_567.0, "1,234,567")] {
            assert_eq!(thousands(value), text);
        }
    }
}
