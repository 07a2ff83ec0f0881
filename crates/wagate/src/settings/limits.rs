//! Limits of a tier, as a setting has them: `accounts=3,requests-per-minute=60`.

use super::layer::spelled;
use std::{fmt, str::FromStr};
use wagate_model::tier::{LimitOverrides, Limits};

/// Limits in place of those that a tier has by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierLimits(pub LimitOverrides);

impl TierLimits {
    /// All of these.
    pub(super) fn all(limits: Limits) -> Self {
        let mut overrides = LimitOverrides::default();
        for (name, limit) in limits.each() {
            if let Some(place) = overrides.named(name) {
                *place = Some(limit);
            }
        }
        Self(overrides)
    }
}

impl fmt::Display for TierLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut overrides = self.0;
        let mut separator = "";
        for name in LimitOverrides::NAMES {
            if let Some(Some(limit)) = overrides.named(name) {
                write!(f, "{separator}{}={limit}", spelled(name))?;
                separator = ",";
            }
        }
        Ok(())
    }
}

impl FromStr for TierLimits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut overrides = LimitOverrides::default();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (name, number) = item.split_once('=').ok_or_else(|| format!("`{item}` is not `NAME=NUMBER`"))?;
            let name = name.trim();
            let place = overrides.named(&name.replace('-', "_")).ok_or_else(|| unknown(name))?;
            let number = number.trim().parse::<u32>();
            let number = number.map_err(|error| format!("`{name}` is no number from 0 to {}: {error}", u32::MAX))?;
            if place.replace(number).is_some() {
                return Err(format!("`{name}` is there twice"));
            }
        }
        Ok(Self(overrides))
    }
}

fn unknown(name: &str) -> String {
    let names: Vec<_> = LimitOverrides::NAMES.iter().map(|name| format!("`{}`", spelled(name))).collect();
    format!("`{name}` is no limit; the limits are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wagate_model::Tier;

    #[test]
    fn limits_are_written_and_read_back() {
        for tier in Tier::ALL {
            let all = TierLimits::all(tier.limits());
            assert_eq!(all.to_string().parse(), Ok(all));
            assert_eq!(all.0.over(Tier::Free.limits()), tier.limits());
        }
        let some: TierLimits = " accounts=3 , requests_per_minute = 60,".parse().unwrap();
        assert_eq!(some.to_string(), "accounts=3,requests-per-minute=60");
    }

    #[test]
    fn what_is_no_limit_is_named() {
        for (text, named) in [
            ("devices=3", "`devices` is no limit"),
            ("accounts", "`accounts` is not"),
            ("accounts=-1", "`accounts` is no number"),
            ("accounts=4294967296", "`accounts` is no number"),
            ("accounts=1,accounts=2", "`accounts` is there twice"),
        ] {
            let refusal = text.parse::<TierLimits>().unwrap_err();
            assert!(refusal.contains(named), "{refusal}");
        }
    }
}
