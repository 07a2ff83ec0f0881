//! Who calls a lane and how a lane ends, step by step in every order: a model of what
//! [`lane`](super::super::lane) and the supervisor do.

use super::*;
use proptest::prelude::*;

/// What a lane does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// It does not exist.
    Asleep,
    /// It says that it is about to look.
    Answers,
    /// It takes what waits in the database.
    Looks,
    /// It wants to end.
    Ends,
    /// Its session is gone: it ends, and rings for the next one.
    Leaves,
}

/// What somebody who brings a message does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Commits,
    Calls,
    Done,
}

struct World {
    tasks: LaneTasks,
    id: AccountId,
    lane: Lane,
    callers: Vec<Caller>,
    /// Messages in the database that nobody has read.
    waiting: u32,
    /// Whether the supervisor has a bell to hear.
    is_bell_rung: bool,
    /// How often the session is still going to be lost.
    losses: u32,
}

impl World {
    fn new(callers: usize, losses: u32) -> Self {
        let id = AccountId::from(wagate_model::id::Ulid::from(7_u128));
        Self {
            tasks: LaneTasks::default(),
            id,
            lane: Lane::Asleep,
            callers: vec![Caller::Commits; callers],
            waiting: 0,
            is_bell_rung: false,
            losses,
        }
    }

    fn call(&mut self) {
        if self.tasks.call(self.id) {
            assert_eq!(self.lane, Lane::Asleep, "one lane at a time");
            self.lane = Lane::Answers;
        }
    }

    /// One step of whoever is meant: 0 the lane, 1 the supervisor, then the callers. Answers
    /// whether there was anything to do.
    fn step(&mut self, who: usize, loses: bool) -> bool {
        match who {
            0 => return self.lane_step(loses),
            1 if self.is_bell_rung => {
                self.is_bell_rung = false;
                self.call();
            }
            1 => return false,
            _ => return self.caller_step(who - 2),
        }
        true
    }

    fn lane_step(&mut self, loses: bool) -> bool {
        self.lane = match self.lane {
            Lane::Asleep => return false,
            Lane::Answers => {
                self.tasks.answer(self.id);
                Lane::Looks
            }
            Lane::Looks if loses && self.losses > 0 => {
                self.losses -= 1;
                Lane::Leaves
            }
            Lane::Looks => {
                self.waiting = 0;
                Lane::Ends
            }
            Lane::Ends => {
                if self.tasks.end(self.id) {
                    Lane::Asleep
                } else {
                    Lane::Answers
                }
            }
            Lane::Leaves => {
                self.tasks.leave(self.id);
                self.is_bell_rung = true;
                // From here on another lane may begin.
                Lane::Asleep
            }
        };
        true
    }

    fn caller_step(&mut self, number: usize) -> bool {
        match self.callers[number] {
            Caller::Commits => {
                self.waiting += 1;
                self.callers[number] = Caller::Calls;
            }
            Caller::Calls => {
                self.call();
                self.callers[number] = Caller::Done;
            }
            Caller::Done => return false,
        }
        true
    }
}

proptest! {
    #[test]
    fn no_call_is_lost_in_whatever_order_things_happen(
        callers in 1_usize..5,
        losses in 0_u32..3,
        schedule in proptest::collection::vec((0_usize..7, any::<bool>()), 0..60),
    ) {
        let mut world = World::new(callers, losses);
        for (who, loses) in schedule {
            world.step(who % (callers + 2), loses);
        }
        // Whatever is left to do is done, in turns.
        for _ in 0..100 {
            for who in 0..callers + 2 {
                world.step(who, false);
            }
        }
        prop_assert_eq!(world.lane, Lane::Asleep, "a lane with nothing to do ends");
        prop_assert_eq!(world.waiting, 0, "everything that was committed before a call is seen");
        prop_assert!(world.tasks.map().is_empty(), "and nothing is remembered of it");
    }
}

#[test]
fn lanes_do_not_hear_each_others_calls() {
    let tasks = LaneTasks::default();
    let [one, two] = [1_u128, 2].map(|number| AccountId::from(wagate_model::id::Ulid::from(number)));
    assert!(tasks.call(one) && tasks.call(two));
    tasks.answer(one);
    assert!(!tasks.call(two));
    assert!(tasks.end(one));
    assert!(!tasks.end(two));
}
