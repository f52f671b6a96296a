//! x
use study::results::Results;
/// x
pub fn page(_r: &Results) -> String {
    String::new()
}
