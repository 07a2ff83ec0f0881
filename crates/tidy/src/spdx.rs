//! Just enough of SPDX expressions to judge one: names, `OR`, `AND`, `WITH`,
//! parentheses, and the old slash for `OR`.

/// Whether `expression` can be met with licences that `is_allowed` accepts; a
/// licence with an exception is asked about as `NAME WITH EXCEPTION`. What cannot
/// be read is not allowed.
pub fn is_met(expression: &str, is_allowed: impl Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut reader = Reader { tokens: spaced.split_whitespace().collect(), at: 0, is_allowed: &is_allowed };
    reader.any() == Some(true) && reader.at == reader.tokens.len()
}

struct Reader<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    is_allowed: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    /// `all OR all OR ...`; nothing when it cannot be read.
    fn any(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.takes("OR") {
            met |= self.all()?;
        }
        Some(met)
    }

    /// `one AND one AND ...`, which binds tighter.
    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.takes("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.takes("(") {
            let met = self.any()?;
            return self.takes(")").then_some(met);
        }
        let name = self.name()?;
        if self.takes("WITH") {
            let exception = self.name()?;
            return Some((self.is_allowed)(&format!("{name} WITH {exception}")));
        }
        Some((self.is_allowed)(&name))
    }

    fn name(&mut self) -> Option<String> {
        let token = *self.tokens.get(self.at)?;
        if matches!(token, "AND" | "OR" | "WITH" | "(" | ")") {
            return None;
        }
        self.at += 1;
        Some(token.to_owned())
    }

    fn takes(&mut self, token: &str) -> bool {
        let is_next = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(is_next);
        is_next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(expression: &str) -> bool {
        is_met(expression, |name| matches!(name, "MIT" | "ISC" | "Apache-2.0 WITH LLVM-exception"))
    }

    #[test]
    fn one_of_several_is_enough() {
        assert!(met("MIT"));
        assert!(met("GPL-3.0 OR MIT"));
        assert!(met("GPL-3.0/MIT"));
        assert!(met("GPL-3.0 / MIT"));
        assert!(met("Apache-2.0 WITH LLVM-exception OR GPL-3.0"));
    }

    #[test]
    fn all_of_several_are_needed() {
        assert!(met("MIT AND ISC"));
        assert!(met("(MIT OR GPL-3.0) AND ISC"));
        assert!(!met("(MIT OR GPL-3.0) AND GPL-2.0"));
        assert!(!met("MIT AND GPL-3.0"));
        assert!(met("GPL-3.0 AND ISC OR MIT"));
    }

    #[test]
    fn others_and_nonsense_are_not_met() {
        for expression in ["GPL-3.0", "", "Apache-2.0", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT MIT"] {
            assert!(!met(expression), "{expression:?}");
        }
    }
}
