//! What a workspace has subscribed to.

use serde::{Deserialize, Serialize};

/// A subscription tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// To try it out.
    Free,
    /// One small team.
    Starter,
    /// A company.
    Professional,
    /// A large company.
    Enterprise,
}

crate::text::text_enum!(Tier {
    Free => "free",
    Starter => "starter",
    Professional => "professional",
    Enterprise => "enterprise",
});

/// Both kinds of limits from one list, so that none is forgotten in either.
macro_rules! limits {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        /// The limits that a tier gives, each of which a workspace may override. What is counted is
        /// counted for each mode by itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
        pub struct Limits {
            $($(#[$doc])+ pub $name: u32,)+
        }

        /// What stands in place of limits: an operator's for one workspace, or a configuration's for a tier.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct LimitOverrides {
            $(
                #[doc = concat!("In place of [`Limits::", stringify!($name), "`].")]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $name: Option<u32>,
            )+
        }

        impl LimitOverrides {
            /// The names of all limits.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// The limits that hold: the tier's, with these in their place where set.
            #[must_use]
            pub fn over(self, tier: Limits) -> Limits {
                Limits { $($name: self.$name.unwrap_or(tier.$name),)+ }
            }

            /// Where the limit of this name is kept.
            pub fn named(&mut self, name: &str) -> Option<&mut Option<u32>> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)+
                    _ => None,
                }
            }
        }

        impl Limits {
            /// Every limit with its name.
            pub fn each(self) -> impl Iterator<Item = (&'static str, u32)> {
                [$((stringify!($name), self.$name)),+].into_iter()
            }
        }
    };
}

limits! {
    /// Most accounts.
    accounts,
    /// Most requests in a minute.
    requests_per_minute,
    /// Most messages accepted in a UTC day.
    messages_per_day,
    /// Days that ended messages and events are kept.
    retention_days,
    /// Most webhook endpoints.
    endpoints,
    /// Largest media file, in bytes.
    media_bytes,
    /// Most members.
    members,
}

const MIB: u32 = 1024 * 1024;

impl Tier {
    /// The limits of the tier before any override, where the configuration does not say otherwise.
    pub const fn limits(self) -> Limits {
        match self {
            Self::Free => Limits {
                accounts: 1,
                requests_per_minute: 60,
                messages_per_day: 100,
                retention_days: 7,
                endpoints: 2,
                media_bytes: 16 * MIB,
                members: 2,
            },
            Self::Starter => Limits {
                accounts: 3,
                requests_per_minute: 300,
                messages_per_day: 5_000,
                retention_days: 30,
                endpoints: 5,
                media_bytes: 32 * MIB,
                members: 5,
            },
            Self::Professional => Limits {
                accounts: 20,
                requests_per_minute: 1_200,
                messages_per_day: 100_000,
                retention_days: 90,
                endpoints: 20,
                media_bytes: 100 * MIB,
                members: 25,
            },
            Self::Enterprise => Limits {
                accounts: 1_000,
                requests_per_minute: 12_000,
                messages_per_day: 5_000_000,
                retention_days: 365,
                endpoints: 100,
                media_bytes: 100 * MIB,
                members: 1_000,
            },
        }
    }
}

/// The limits of every tier in this gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiers {
    free: Limits,
    starter: Limits,
    professional: Limits,
    enterprise: Limits,
}

impl Default for Tiers {
    fn default() -> Self {
        Self {
            free: Tier::Free.limits(),
            starter: Tier::Starter.limits(),
            professional: Tier::Professional.limits(),
            enterprise: Tier::Enterprise.limits(),
        }
    }
}

impl Tiers {
    /// The limits of a tier.
    pub const fn of(&self, tier: Tier) -> Limits {
        match tier {
            Tier::Free => self.free,
            Tier::Starter => self.starter,
            Tier::Professional => self.professional,
            Tier::Enterprise => self.enterprise,
        }
    }

    /// The same with some of a tier's limits in place of what it has.
    #[must_use]
    pub fn with(mut self, tier: Tier, limits: LimitOverrides) -> Self {
        let place = match tier {
            Tier::Free => &mut self.free,
            Tier::Starter => &mut self.starter,
            Tier::Professional => &mut self.professional,
            Tier::Enterprise => &mut self.enterprise,
        };
        *place = limits.over(*place);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_found_by_its_name() {
        for (position, name) in LimitOverrides::NAMES.iter().enumerate() {
            let mut overrides = LimitOverrides::default();
            *overrides.named(name).unwrap() = Some(4711);
            let values: Vec<_> = overrides.over(Tier::Free.limits()).each().collect();
            assert_eq!(values[position], (*name, 4711));
            assert_eq!(values.iter().filter(|(_, value)| *value == 4711).count(), 1, "{name}");
        }
        assert_eq!(LimitOverrides::default().named("devices"), None);
    }

    #[test]
    fn a_tiers_limits_are_changed_alone() {
        let tiers =
            Tiers::default().with(Tier::Starter, LimitOverrides { accounts: Some(7), ..LimitOverrides::default() });
        assert_eq!(tiers.of(Tier::Starter), Limits { accounts: 7, ..Tier::Starter.limits() });
        for tier in [Tier::Free, Tier::Professional, Tier::Enterprise] {
            assert_eq!(tiers.of(tier), tier.limits());
        }
    }
}
