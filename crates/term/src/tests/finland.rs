//! The database of Finland 2014 (Honkatukia et al. 2019) and its published solution, when they are
//! beside the project.

use std::path::{Path, PathBuf};

use crate::*;

/// The published closure, written as its author writes it.
pub(super) const CLOSURE: &str = r#"
exogenous phi acap alnd atot nhou xcap xlnd aprim finv1 fpexp fqexp pfimp atradmar_cs ;
exogenous bint_scd alab_o fgov_s fgovtot flab_io xhoutot flab_iod houslack invslack labslack ;
exogenous delPTXRATE ;
rest endogenous ;
swap NatMacro("RealInv") = invslack ;
swap NatMacro("RealHou") = houslack ;
swap fhou = xhoutot ;
swap flabsup = flab_io ;
swap NatMacro("AggEmploy") = labslack ;
swap gret = xcap ;
swap ggro = finv1 ;
swap invslack = NatMacro("RealInv") ;
swap natfhou = NatMacro("RealHou") ;
shock fpexp = uniform -5 ;
"#;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: ../shared is not there, so nothing is compared with the database of Finland"
    );
    None
}

pub(super) fn database() -> Option<Database> {
    let path = shared("data/term_finland/premod.HAR")?;
    let bytes = std::fs::read(path).expect("a fixture that is there can be read");
    let file = formats::har::read("premod.HAR", &bytes).expect("a sound file");
    let mut tables = Tables { file: "premod.HAR".to_owned(), ..Tables::default() };
    for header in &file.headers {
        let name = header.name.to_uppercase();
        if let Some(texts) = header.texts() {
            let texts = texts.iter().map(|text| text.trim().to_owned()).collect();
            tables.sets.insert(name, texts);
        } else if let Some(values) = header.row_major() {
            tables.arrays.insert(name, (header.shape(), values));
        }
    }
    Some(Database::new(&tables).expect("a sound database"))
}

fn published() -> Option<serde_json::Value> {
    let path = shared("cases/published/term_finland_gempack_national.json")?;
    let text = std::fs::read_to_string(path).expect("a case that is there can be read");
    Some(serde_json::from_str(&text).expect("a case is JSON"))
}

fn solved(database: &Database, method: Method) -> Results {
    let closure = Closure::read("term.cmf", CLOSURE, &database.sets).expect("a square closure");
    let shocks = read_shocks("term.cmf", CLOSURE, &database.sets, &closure).expect("sound shocks");
    run(database, &closure, &shocks, method).expect("the model solves")
}

#[test]
fn three_euler_steps_are_the_published_national_results() {
    let (Some(database), Some(case)) = (database(), published()) else { return };
    let results = solved(&database, Method::Euler { steps: 3 });
    for (name, value) in case["results"]["NatMacro"].as_object().expect("a table") {
        let published = value.as_f64().expect("a number");
        let found = results.changes[&format!("NatMacro({name})")][0];
        assert!((found - published).abs() < 1e-5, "{name}: {found} against {published}");
    }
}

/// Exact solution, extrapolated from 4 and 8 parts of an independent implementation in numpy.
const EXACT: [(&str, f64); 12] = [
    ("RealHou", -0.664_139_203),
    ("RealInv", -1.359_550_71),
    ("ExpVol", -4.675_019_82),
    ("ImpVolUsed", -4.420_091_20),
    ("ImpsLanded", -4.420_091_19),
    ("RealGDP", -0.664_139_204),
    ("averealwage", -3.026_723_82),
    ("AggCapStock", -1.575_546_47),
    ("GDPPI", -5.163_145_50),
    ("CPI", -3.715_527_95),
    ("ExportPI", -3.856_058_08),
    ("AggEmploy", 0.0),
];

#[test]
fn the_exact_solution_is_that_of_an_independent_implementation() {
    let Some(database) = database() else { return };
    let results = solved(&database, Method::Exact { parts: 1 });
    for (name, exact) in EXACT {
        let found = results.changes[&format!("NatMacro({name})")][0];
        assert!((found - exact).abs() < 1e-5, "{name}: {found} against {exact}");
    }
}

/// Cells of regional and sectoral results of three Euler steps in an independent implementation in
/// numpy, which equals GEMPACK's regional solution to 2e-6.
const REGIONAL: &[(&str, usize, f64)] = &[
    ("MainMacro(RealGDP)", 0, -0.834_108_524),
    ("MainMacro(RealGDP)", 7, -0.927_379_616),
    ("MainMacro(RealGDP)", 18, -0.211_361_606),
    ("MainMacro(AggEmploy)", 0, -0.120_134_627),
    ("MainMacro(AggEmploy)", 7, -0.044_301_683),
    ("MainMacro(AggEmploy)", 18, 0.230_798_820),
    ("MainMacro(RealHou)", 0, -0.920_364_652),
    ("MainMacro(RealHou)", 7, -0.769_471_560),
    ("MainMacro(RealHou)", 18, -0.221_430_120),
    ("MainMacro(CPI)", 0, -3.696_902_959),
    ("MainMacro(CPI)", 7, -3.770_018_704),
    ("MainMacro(CPI)", 18, -3.700_887_560),
    ("MainMacro(ExpVol)", 0, -4.885_872_039),
    ("MainMacro(ExpVol)", 7, -4.556_291_688),
    ("MainMacro(ExpVol)", 18, -4.566_172_261),
    ("xtot", 1, -0.829_393_644),
    ("xtot", 190, -3.474_790_536),
    ("xtot", 568, 1.855_516_508),
    ("pdom", 1, -3.560_289_216),
    ("pdom", 190, -3.437_446_613),
    ("pdom", 568, -6.842_535_458),
    ("xlab_o", 1, 0.433_903_106),
    ("xlab_o", 190, -2.479_312_913),
    ("xlab_o", 568, 1.855_516_512),
    ("xcap", 1, -1.228_720_415),
    ("xcap", 190, -4.003_870_157),
    ("xcap", 568, -1.649_096_223),
    ("plnd", 1, -5.734_386_023),
    ("plnd", 190, -11.438_567_854),
    ("plnd", 568, -3.279_962_882),
    ("puse", 1, -3.757_243_004),
    ("puse", 380, -3.652_857_270),
    ("puse", 1138, 0.000_000_000),
    ("xtrad_r", 1, -0.232_535_310),
    ("xtrad_r", 380, -2.336_262_383),
    ("xtrad_r", 1138, 0.000_000_000),
    ("xmake", 1, -0.565_821_728),
    ("xmake", 5700, -0.339_566_914),
    ("xmake", 17098, 1.855_516_508),
    ("pmake", 1, -3.560_072_011),
    ("pmake", 5700, -3.545_967_064),
    ("pmake", 17098, -6.842_535_458),
    ("xhou_s", 1, -0.966_923_350),
    ("xhou_s", 190, -2.041_755_741),
    ("xhou_s", 568, 1.106_090_724),
    ("pprim", 1, -4.126_142_191),
    ("pprim", 190, -4.794_319_072),
    ("pprim", 568, -6.842_535_458),
    ("natxtot", 1, -0.555_085_783),
    ("natxtot", 10, -3.122_085_101),
    ("natxtot", 28, 0.093_929_499),
    ("wlab_io", 1, -6.476_932_489),
    ("wlab_io", 6, -6.942_922_456),
    ("wlab_io", 17, -6.989_129_267),
];

#[test]
fn regional_and_sectoral_results_of_three_steps_are_those_of_an_independent_implementation() {
    let Some(database) = database() else { return };
    let results = solved(&database, Method::Euler { steps: 3 });
    for (name, cell, expected) in REGIONAL {
        let found = results.changes[*name][*cell];
        assert!((found - expected).abs() < 1e-8, "{name} {cell}: {found} against {expected}");
    }
}

/// Work, counted: an algorithm that became slower or faster fails here without a clock.
#[test]
fn the_published_shock_solves_at_a_known_cost() {
    let Some(database) = database() else { return };
    let work = |parts, newton_steps, linear_iterations| Work {
        unknowns: 1218,
        parts,
        newton_steps,
        linear_iterations,
    };
    let exact = solved(&database, Method::Exact { parts: 1 });
    // Parts are doubled until two solutions agree; each starts near its end.
    let spent = exact.work;
    assert!(exact.extrapolated <= SETTLED && spent.parts <= 15, "{spent:?}");
    assert!(spent.newton_steps <= 3 * spent.parts, "{spent:?}");
    assert!(spent.linear_iterations <= 30 * spent.parts, "{spent:?}");
    let euler = solved(&database, Method::Euler { steps: 3 });
    assert_eq!(euler.work, work(3, 0, 96));
}

#[test]
fn every_law_holds_on_the_published_closure() {
    let Some(database) = database() else { return };
    let closure = Closure::read("term.cmf", CLOSURE, &database.sets).expect("a square closure");
    for law in laws(&database, &closure).expect("the model solves") {
        assert!(law.holds(), "{} is off by {:.1e}", law.name, law.deviation);
    }
}
