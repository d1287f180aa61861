//! The chances of one direction of a link, drawn for each message. Each kind that may be switched on has a stream of its
//! own, of which a message takes one word, or two, while it is on: switching one on shifts no other.

use crate::decision::{Fate, WORDS_PER_MESSAGE};
use crate::network::{Network, Ppm, Weather};
use crate::stream::Stream;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Chances {
    seed: u64,
    /// The name of the direction: `alice>server`.
    name: String,
    link: Stream,
    burst: Option<Box<Stream>>,
    weather: Weather,
    replay: Option<Box<Stream>>,
    damage: Option<Box<Stream>>,
}

impl Chances {
    pub(super) fn new(seed: u64, name: String) -> Chances {
        let link = Stream::new(seed, "link", &name);
        Chances { seed, name, link, burst: None, weather: Weather::Good, replay: None, damage: None }
    }

    /// What the seed says of the next message.
    #[inline]
    pub(super) fn draw(&mut self, network: &Network) -> Fate {
        let words: [u64; WORDS_PER_MESSAGE] = std::array::from_fn(|_| self.link.word());
        let mut fate = Fate::drawn(network, words);
        if let Some(burst) = &network.burst {
            let word = stream(&mut self.burst, self.seed, "burst", &self.name).word();
            let (lost, weather) = self.weather.pass(burst, word);
            self.weather = weather;
            fate.lost |= lost;
        }
        if network.replay > Ppm::NEVER {
            let word = stream(&mut self.replay, self.seed, "replay", &self.name).word();
            fate.replayed =
                network.replay.happens(word).then(|| network.replay_delay.pick((word >> 32) as u32));
        }
        if network.damage > Ppm::NEVER || network.truncate > Ppm::NEVER {
            let damage = stream(&mut self.damage, self.seed, "damage", &self.name);
            let (chances, places) = (damage.word(), damage.word());
            let place = |bits: u64| (bits as u32) >> (u32::BITS - PLACE_BITS);
            fate.damaged = network.damage.happens(chances).then(|| place(places));
            fate.truncated = network.truncate.happens(chances >> 21).then(|| place(places >> 32));
        }
        fate
    }
}

/// A place in a message: a million bits or so.
const PLACE_BITS: u32 = 20;

fn stream<'a>(slot: &'a mut Option<Box<Stream>>, seed: u64, concern: &str, name: &str) -> &'a mut Stream {
    slot.get_or_insert_with(|| Box::new(Stream::new(seed, concern, name)))
}
