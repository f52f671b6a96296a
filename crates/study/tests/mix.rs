//! Cheapest mixes of a small study: conditions of an optimum, what is out of reach, budgets.

use study::inputs::Inputs;
use study::mix::{Aim, Chooser, Ending};
use study::spec::Study;

/// The small study with a second plant like its first, which costs three times as much.
const MIX: &str = r#"
[[lever.investment_project]]
name = "Second plant"
region = "Shenyang"
industry = "19"
amount = "1 billion USD"
foreign_share = 1.0
build_years = [2018, 2019]
operation_year = 2019
stage = "signed"
source = "test"
status = "assumption"

[mix]

[[mix.lever]]
lever = "Plant"
intensity = [0.0, 3.0]
rising_cost = "100 million CNY"
source = "test"
status = "assumption"

[[mix.lever]]
lever = "Second plant"
intensity = [0.0, 3.0]
rising_cost = "300 million CNY"
source = "test"
status = "assumption"
"#;

fn inputs() -> Inputs {
    Inputs::liaoning().expect("the shipped accounts are correct")
}

fn study(inputs: &Inputs, budget: &str) -> Study {
    let mix = MIX.replace("[mix]\n", &format!("[mix]\n{budget}\n"));
    let text = format!("{}{mix}", include_str!("small.toml"));
    let (study, findings) = study::file::parse("small.toml", &text, &inputs.names);
    study.unwrap_or_else(|| panic!("{findings:?}"))
}

fn aim(chooser: &Chooser<'_>, wanted: f64) -> Vec<Aim> {
    let found = chooser.aims().into_iter().find(|aim| aim.name == "Investment");
    vec![Aim { wanted, ..found.expect("a target of the small study") }]
}

#[test]
fn the_cheapest_mix_is_an_optimum_and_its_price_that_of_a_dearer_target() {
    let inputs = inputs();
    let study = study(&inputs, "");
    let chooser = Chooser::new(&study, &inputs).expect("the study solves");
    let frontier = chooser.frontier(&aim(&chooser, 1.0)[0], 3).expect("paths solve");
    let wanted = 0.5 * (frontier[0].level + frontier[2].level);
    let mix = chooser.cheapest(&aim(&chooser, wanted)).expect("paths solve");
    assert_eq!(mix.ending, Ending::Reached);
    assert!((mix.aims[0].reached / wanted - 1.0).abs() < 1e-4, "{:?}", mix.aims);
    assert!(mix.confirmed < 1e-7, "{}", mix.confirmed);

    // The last unit of the target costs the same from each lever; with equal plants and costs that
    // rise with the square, the one that costs a third is used three times as much.
    let price = mix.aims[0].shadow_price.expect("both levers are free");
    for lever in &mix.levers {
        assert!((lever.marginal_cost / lever.gains[0] / price - 1.0).abs() < 0.01, "{lever:?}");
    }
    let ratio = mix.levers[0].intensity / mix.levers[1].intensity;
    assert!((ratio - 3.0).abs() < 0.03, "{ratio}");

    // The price is the slope of least cost.
    let step = 0.01 * (wanted - frontier[0].level);
    let dearer = chooser.cheapest(&aim(&chooser, wanted + step)).expect("paths solve");
    let slope = (dearer.cost - mix.cost) / step;
    assert!((slope / price - 1.0).abs() < 0.02, "{slope} {price}");

    // Costs rise along the frontier, faster and faster.
    let costs: Vec<f64> = frontier.iter().map(|point| point.cost).collect();
    assert!(costs[0].abs() < 1e-12 && costs[1] > 0.0 && costs[2] > 2.0 * costs[1], "{costs:?}");
}

#[test]
fn what_is_out_of_reach_is_said_with_the_most_that_bounds_and_budget_allow() {
    let inputs = inputs();
    let free = study(&inputs, "");
    let chooser = Chooser::new(&free, &inputs).expect("the study solves");
    let far = chooser.cheapest(&aim(&chooser, 1e6)).expect("paths solve");
    let Ending::NotReachable { at_most } = &far.ending else { panic!("{:?}", far.ending) };
    assert!(far.levers.iter().all(|lever| (lever.intensity - 3.0).abs() < 1e-3), "{far:?}");
    assert!((at_most[0].1 / far.aims[0].reached - 1.0).abs() < 1e-4);

    let poor = study(&inputs, "budget = \"300 million CNY\"");
    let chooser = Chooser::new(&poor, &inputs).expect("the study solves");
    let most = chooser.most(&aim(&chooser, 1e6)).expect("paths solve");
    assert!((most.cost - 3.0).abs() < 1e-3, "the budget is used: {}", most.cost);
    assert!(most.aims[0].reached < far.aims[0].reached);
    // x₁² + 3 x₂² = 3 with x₁ = 3 x₂: x₂ = ½.
    assert!((most.levers[1].intensity - 0.5).abs() < 0.01, "{most:?}");
}
