//! One page of a list, cut by ids.

use crate::sql::Statement;

/// Which part of a list is wanted. Lists show the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Most rows, 1 to 100.
    pub limit: u32,
    /// Only what comes after this id in the list: older rows.
    pub starting_after: Option<String>,
    /// Only what comes before this id in the list: newer rows.
    pub ending_before: Option<String>,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: 20, starting_after: None, ending_before: None }
    }
}

/// One page and whether the list goes on in its direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOf<T> {
    /// The rows, newest first.
    pub data: Vec<T>,
    /// Whether there are more rows beyond this page.
    pub has_more: bool,
}

impl Page {
    /// Ends a `SELECT ... WHERE ...` with this page's condition, order and limit (one row more,
    /// to see whether the list goes on).
    pub(crate) fn cut(&self, statement: Statement, column: &str) -> Statement {
        let mut statement = statement;
        if let Some(after) = &self.starting_after {
            statement = statement.and(&format!("AND {column} < ?")).bind(after.as_str());
        }
        if let Some(before) = &self.ending_before {
            statement = statement.and(&format!("AND {column} > ?")).bind(before.as_str());
        }
        let order = if self.is_backwards() { "ASC" } else { "DESC" };
        statement.and(&format!("ORDER BY {column} {order} LIMIT ?")).bind(i64::from(self.limit) + 1)
    }

    /// Makes a page of what the statement from [`Page::cut`] answered.
    pub(crate) fn of<T>(&self, mut rows: Vec<T>) -> PageOf<T> {
        let limit = self.limit as usize;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        if self.is_backwards() {
            rows.reverse();
        }
        PageOf { data: rows, has_more }
    }

    const fn is_backwards(&self) -> bool {
        self.ending_before.is_some() && self.starting_after.is_none()
    }
}
