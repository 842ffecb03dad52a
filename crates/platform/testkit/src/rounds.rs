//! How often tests of races and models repeat themselves, and what they roll.

/// How many rounds to run: few in a suite, as many as `TENON_ROUNDS` says in a longer run.
///
/// # Panics
///
/// If the variable is not a number.
pub fn rounds(usually: usize) -> usize {
    number("TENON_ROUNDS").map_or(usually, |rounds| {
        usize::try_from(rounds).expect("TENON_ROUNDS fits")
    })
}

/// Random choices that a seed repeats.
///
/// The rolls of a round follow from its number, and from `TENON_SEED` in runs that are to go other ways than the suite.
#[derive(Debug, Clone)]
pub struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    /// The dice of a round.
    pub fn of_round(round: usize) -> Self {
        let base = number("TENON_SEED").unwrap_or(1);
        let round = u64::try_from(round).expect("a number of rounds fits");
        Self::with_seed(base.wrapping_add(round))
    }

    /// Dice that roll what this seed rolls.
    pub fn with_seed(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// What to set `TENON_SEED` to, with `TENON_ROUNDS=1`, to see the same round again.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// A number from nothing to `sides`, without it (SplitMix64).
    pub fn roll(&mut self, sides: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let sides = u64::try_from(sides.max(1)).expect("a number of sides fits");
        usize::try_from(mixed % sides).expect("less than the sides")
    }

    /// One of these.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var_os(variable)?;
    let number = text.to_str().and_then(|text| text.parse().ok());
    Some(number.unwrap_or_else(|| panic!("{variable}={text:?} is not a number")))
}
