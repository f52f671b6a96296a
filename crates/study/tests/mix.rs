//! Cheapest mixes of a small study: conditions of an optimum, what is out of reach, budgets.

use study::inputs::Inputs;
use study::mix::{Aim, Chooser, Ending, OPTIMAL, Terms, aims, choose};
use study::money::Money;
use study::run::outcome::Outcome;
use study::spec::{MixLever, Scope, Study};

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

fn aim(study: &Study, inputs: &Inputs, wanted: f64) -> Vec<Aim> {
    let found = aims(study, inputs).into_iter().find(|aim| aim.name == "Investment");
    vec![Aim { wanted, ..found.expect("a target of the small study") }]
}

fn with<T>(study: &Study, inputs: &Inputs, act: impl FnOnce(&Chooser<'_>) -> T) -> T {
    choose(study, inputs, Terms::default(), &|| (), act).expect("the study solves")
}

#[test]
fn the_cheapest_mix_is_an_optimum_and_its_price_that_of_a_dearer_target() {
    let inputs = inputs();
    let study = study(&inputs, "");
    let aim = |wanted| aim(&study, &inputs, wanted);
    with(&study, &inputs, |chooser| {
        let frontier = chooser.frontier(&aim(1.0)[0], 3).expect("paths solve");
        let wanted = 0.5 * (frontier[0].level + frontier[2].level);
        let mix = chooser.cheapest(&aim(wanted)).expect("paths solve");
        assert_eq!(mix.ending, Ending::Reached);
        assert!((mix.aims[0].reached / wanted - 1.0).abs() < 1e-5, "{:?}", mix.aims);
        assert!(mix.confirmed < 1e-7, "{}", mix.confirmed);
        assert!(mix.optimality < OPTIMAL, "{}", mix.optimality);

        // The last unit of the target costs the same from each lever; with equal plants and costs
        // that rise with the square, the one that costs a third is used three times as much.
        let price = mix.aims[0].shadow_price.expect("both levers are free");
        for lever in &mix.levers {
            let own = lever.marginal_cost / lever.gains[0];
            assert!((own / price - 1.0).abs() < 1e-3, "{lever:?}");
        }
        let ratio = mix.levers[0].intensity / mix.levers[1].intensity;
        assert!((ratio - 3.0).abs() < 0.01, "{ratio}");

        // The price is the slope of least cost.
        let step = 0.01 * (wanted - frontier[0].level);
        let dearer = chooser.cheapest(&aim(wanted + step)).expect("paths solve");
        let slope = (dearer.cost - mix.cost) / step;
        assert!((slope / price - 1.0).abs() < 0.02, "{slope} {price}");

        // Costs rise along the frontier, faster and faster.
        let costs: Vec<f64> = frontier.iter().map(|point| point.cost).collect();
        assert!(costs[0].abs() < 1e-12 && costs[1] > 0.0 && costs[2] > 2.0 * costs[1], "{costs:?}");
    });
}

#[test]
fn gains_are_the_slopes_of_whole_paths() {
    // A lever whose effect is not in proportion to it: grants add to a stock that lifts productivity.
    let inputs = inputs();
    let mut study = study(&inputs, "");
    let (shipped, _) = study::file::parse("shipped", study::LIAONING, &inputs.names);
    let grants = shipped.expect("correct").levers.into_iter().find(|l| l.name().contains("Grants"));
    study.levers.push(grants.expect("a lever of the shipped study"));
    let plan = study.mix.as_mut().expect("it has one");
    let lever = "Grants for R&D centres".to_owned();
    plan.levers.push(MixLever { lever, intensity: (0.0, 40.0), ..MixLever::default() });
    let outcome = Outcome::of("gdp", &Scope::Province, 2019, &inputs);
    let terms = |share: f64| Terms { budget: Some(Money::from_cny(3e8 * share)), last: None };
    let found = |share: f64| {
        let most = |chooser: &Chooser<'_>| chooser.most(&[Aim::of(&outcome)]).expect("solves");
        choose(&study, &inputs, terms(share), &|| (), most).expect("solves")
    };
    let (mix, more) = (found(1.0), found(1.01));
    assert!(mix.optimality < OPTIMAL && more.optimality < OPTIMAL, "{mix:?}");
    // What one more unit of the budget gives is what the most of a larger one gains.
    let price = mix.budget_price.expect("the budget binds");
    let gained = (more.aims[0].reached - mix.aims[0].reached) / (more.cost - mix.cost);
    assert!((gained / price - 1.0).abs() < 0.01, "{gained} {price}");
}

#[test]
fn what_is_out_of_reach_is_said_with_the_most_that_bounds_and_budget_allow() {
    let inputs = inputs();
    let free = study(&inputs, "");
    let wanted = aim(&free, &inputs, 1e6);
    let far = with(&free, &inputs, |chooser| chooser.cheapest(&wanted).expect("paths solve"));
    let Ending::NotReachable { at_most } = &far.ending else { panic!("{:?}", far.ending) };
    assert!(far.levers.iter().all(|lever| (lever.intensity - 3.0).abs() < 1e-3), "{far:?}");
    assert!((at_most[0].1 / far.aims[0].reached - 1.0).abs() < 1e-4);

    let poor = study(&inputs, "budget = \"300 million CNY\"");
    let most = with(&poor, &inputs, |chooser| chooser.most(&wanted).expect("paths solve"));
    assert!((most.cost - 3.0).abs() < 1e-3, "the budget is used: {}", most.cost);
    assert!(most.aims[0].reached < far.aims[0].reached);
    // x₁² + 3 x₂² = 3 with x₁ = 3 x₂: x₂ = ½.
    assert!((most.levers[1].intensity - 0.5).abs() < 0.01, "{most:?}");
}
