//! Laws that hold on any economy, on one of two products and two regions.

use super::economy::tables;
use crate::*;

/// Long run with labour moving between regions, as in docs/term.md.
const LONG_RUN: &str = "
swap flabsup = flab_io ;
swap NatMacro(\"AggEmploy\") = labslack ;
swap gret = xcap ;
swap ggro = finv1 ;
swap fhou = xhoutot ;
swap natfhou = houslack ;
";

fn small() -> Database {
    Database::new(&tables()).expect("a balanced economy")
}

fn solved(text: &str, method: Method) -> Results {
    let database = small();
    let closure = Closure::read("closure", text, &database.sets).expect("a square closure");
    let shocks = read_shocks("shocks", text, &database.sets, &closure).expect("sound shocks");
    run(&database, &closure, &shocks, method).expect("the model solves")
}

const EXACT: Method = Method::Exact { parts: 1 };

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| most.max(value.abs()))
}

#[test]
fn no_shock_moves_nothing() {
    for closure in ["", LONG_RUN] {
        for method in [EXACT, Method::Euler { steps: 2 }] {
            let results = solved(closure, method);
            for (name, changes) in &results.changes {
                assert!(largest(changes) < 1e-9, "{name}");
            }
        }
    }
}

#[test]
fn the_exchange_rate_moves_every_price_alike_and_no_quantity() {
    for closure in ["", LONG_RUN] {
        let results = solved(&format!("{closure} shock phi = 10 ;"), EXACT);
        for name in ["pdom", "puse", "ptot", "plab_o", "whoutot", "NatMacro(GDPPI)"] {
            for change in &results.changes[name] {
                assert!((change - 10.0).abs() < 1e-6, "{name}: {change}");
            }
        }
        for name in ["xtot", "xcom", "xlab_o", "xhou_s", "xexp", "xtrad_r", "NatMacro(RealGDP)"] {
            assert!(largest(&results.changes[name]) < 1e-6, "{name}");
        }
        assert!(results.homogeneity.expect("the exchange rate is given") < 1e-9);
    }
}

/// Shocks of all kinds: technology, tax, demand, margins, population, wages of an occupation.
const SHOCKS: [&str; 8] = [
    "shock fpexp = uniform -20 ;",
    "shock atot(\"Makers\",\"North\") = 10 ;",
    "shock delPTXRATE(\"Traders\",DST) = 0.05 ;",
    "shock tuser(COM,\"imp\",USR,\"South\") = uniform 10 ;",
    "shock atradmar_cs = uniform 30 ;",
    "shock flab(IND,\"Skilled\",DST) = uniform 15 ;",
    "shock pfimp = uniform 10 ; shock nhou = 3 ;",
    "shock xlnd = uniform -20 ; shock acap = uniform 5 ; shock fgovtot = 10 ;",
];

/// The balance of the whole economy is no equation of the model: it follows from all of them.
#[test]
fn accounts_balance_after_every_shock() {
    for closure in ["", LONG_RUN] {
        for shock in SHOCKS {
            let results = solved(&format!("{closure} {shock}"), EXACT);
            for (name, drift) in &results.identities {
                assert!(*drift < 1e-8, "{name} after {shock}: {drift:e}");
            }
        }
    }
}

#[test]
fn euler_approaches_the_exact_solution_as_its_steps_shrink() {
    for shock in SHOCKS {
        let text = format!("{LONG_RUN} {shock}");
        let exact = solved(&text, Method::Exact { parts: 2 });
        let gap = |steps: usize| {
            let linear = solved(&text, Method::Euler { steps });
            let names = ["xtot", "pdom", "xlab_o", "NatMacro(RealGDP)"];
            let gaps = names.iter().flat_map(|name| {
                linear.changes[*name].iter().zip(&exact.changes[*name]).map(|(a, b)| a - b)
            });
            largest(&gaps.collect::<Vec<_>>())
        };
        // First order: four times the steps, a quarter of the error.
        let (coarse, fine) = (gap(4), gap(16));
        assert!(fine < 0.3 * coarse || fine < 1e-6, "{shock}: {coarse} to {fine}");
    }
}

/// A result that is fixed at what it was found to be gives back the shock it came from.
#[test]
fn a_swap_is_undone_by_its_own_result() {
    let forward = solved("shock atot(\"Makers\",\"North\") = 2 ;", EXACT);
    let made = forward.changes["xtot"][0];
    let text = format!(
        "swap xtot(\"Makers\",\"North\") = atot(\"Makers\",\"North\") ; \
         shock xtot(\"Makers\",\"North\") = {made} ;"
    );
    let back = solved(&text, EXACT);
    assert!((back.changes["atot"][0] - 2.0).abs() < 1e-5, "{}", back.changes["atot"][0]);
}

/// Where capital is all there is, output is what capital makes, and its rental clears the market.
#[test]
fn an_industry_of_capital_alone_makes_what_its_capital_can() {
    let mut tables = tables();
    let labour = tables.arrays["1LAB"].1.clone();
    let capital = &mut tables.arrays.get_mut("1CAP").expect("an array").1;
    // The second industry, both regions; occupations are the middle index.
    for d in 0..2 {
        capital[2 + d] += labour[4 + d] + labour[6 + d];
    }
    let wages = &mut tables.arrays.get_mut("1LAB").expect("an array").1;
    wages[4..8].fill(0.0);
    let database = Database::new(&tables).expect("a balanced economy");
    let closure = Closure::standard(&database.sets);
    let text = "shock xcap(\"Traders\",\"North\") = 10 ; shock atot(\"Traders\",\"South\") = 5 ;";
    let shocks = read_shocks("s", text, &database.sets, &closure).expect("sound shocks");
    let results = run(&database, &closure, &shocks, EXACT).expect("the model solves");
    let made = &results.changes["xtot"][2..];
    assert!((made[0] - 10.0).abs() < 1e-8, "{}", made[0]);
    assert!((made[1] - 100.0 * (1.0 / 1.05 - 1.0)).abs() < 1e-8, "{}", made[1]);
    for (name, drift) in &results.identities {
        assert!(*drift < 1e-8, "{name}: {drift:e}");
    }
}

#[test]
fn values_of_a_shock_are_written_with_the_first_index_fastest() {
    let database = small();
    let closure = Closure::standard(&database.sets);
    let text = "shock acap = 1 2 3 4 ;";
    let shocks = read_shocks("s", text, &database.sets, &closure).expect("sound shocks");
    assert_eq!(shocks["acap"], [1.0, 3.0, 2.0, 4.0]);
}

fn findings(text: &str) -> Vec<&'static str> {
    let database = small();
    let standard = Closure::standard(&database.sets);
    let closure = Closure::read("f", text, &database.sets);
    let shocks = read_shocks("f", text, &database.sets, &standard);
    let all = closure.err().into_iter().chain(shocks.err());
    all.flat_map(|list| list.iter().map(|finding| finding.code).collect::<Vec<_>>()).collect()
}

#[test]
fn mistakes_have_their_codes() {
    for (text, codes) in [
        ("exogenou phi ;", vec!["E1810", "E1810"]),
        ("swap gret = xcab ;", vec!["E1811"]),
        ("shock acap(\"Makers\",\"Noth\") = 1 ;", vec!["E1812"]),
        ("shock acap(\"Makers\") = 1 ;", vec!["E1812"]),
        ("swap gret = phi ;", vec!["E1813"]),
        ("swap phi = houslack ;", vec!["E1813"]),
        ("swap gret = flab ;", vec!["E1813"]),
        ("exogenous phi ; rest endogenous ;", vec!["E1814"]),
        ("shock xtot = 1 ;", vec!["E1815"]),
        ("shock acap = 1 2 ;", vec!["E1816"]),
        ("shock acap = -100 ;", vec!["E1816"]),
        ("shock acap = many ;", vec!["E1816"]),
        ("shock acap = 1 many 3 4 ;", vec!["E1816"]),
        ("shock acap = uniform 1 2 ;", vec!["E1816"]),
        ("shock acap = ;", vec!["E1816"]),
        ("shock acap = file ;", vec!["E1817"]),
        ("shock acap = file nowhere.txt ;", vec!["E1821"]),
        ("shock acap = 1 ; shock acap(\"Makers\",\"South\") = 2 ;", vec!["E1820"]),
        ("rest of them ;", vec!["E1817"]),
        ("swap NatMacro(\"RealGDP\") = phi ;", vec!["E1818"]),
        ("endogenous tuser ;", vec!["E1813"]),
        ("endogenous atradmar_cs ;", vec!["E1814"]),
        ("swap gret xcap ;", vec!["E1817"]),
        ("shock phi = 1", vec!["E1817", "E1817"]),
    ] {
        let found = findings(text);
        let relevant: Vec<_> = found.into_iter().collect();
        assert_eq!(relevant, codes, "{text}");
    }
}

#[test]
fn a_database_is_refused_with_all_its_faults() {
    let codes = |tables: &Tables| -> Vec<&'static str> {
        let findings = Database::new(tables).expect_err("a fault");
        findings.iter().map(|finding| finding.code).collect()
    };
    let mut without_set = tables();
    without_set.sets.remove("OCC");
    assert_eq!(codes(&without_set), ["E1801"]);
    let mut without_arrays = tables();
    without_arrays.arrays.remove("1CAP");
    without_arrays.arrays.insert("STOK".to_owned(), (vec![3], vec![0.0; 3]));
    assert_eq!(codes(&without_arrays), ["E1802", "E1802"]);
    let mut rigid = tables();
    rigid.arrays.insert("P028".to_owned(), (vec![2], vec![0.5, 0.0]));
    assert_eq!(codes(&rigid), ["E1803"]);
    let mut unbalanced = tables();
    unbalanced.arrays.get_mut("TRAD").expect("an array").1[0] *= 1.2;
    let found = codes(&unbalanced);
    assert!(found.len() >= 2 && found.iter().all(|code| *code == "E1804"), "{found:?}");
}

#[test]
fn every_result_has_a_name_and_every_name_a_result() {
    let results = solved("", EXACT);
    for variable in variables() {
        let size = variable.size(&small().sets);
        assert_eq!(results.changes[&variable.name].len(), size, "{}", variable.name);
    }
}

#[test]
fn every_law_holds_in_every_closure() {
    for text in ["", LONG_RUN, "swap gret = xcap ;", "swap flabsup = flab_io ;"] {
        let database = small();
        let closure = Closure::read("closure", text, &database.sets).expect("a square closure");
        let laws = laws(&database, &closure).expect("the model solves");
        // Six of the file, seven after a shock, three sums, and eight of the model.
        assert_eq!(laws.len(), 24, "{text}");
        for law in &laws {
            assert!(law.holds(), "{text}: {} is off by {:.1e}", law.name, law.deviation);
        }
    }
}

#[test]
fn a_law_that_is_broken_does_not_hold() {
    let law = |deviation: f64| Law { name: "x".to_owned(), deviation, limit: 1e-6 };
    assert!(law(1e-6).holds());
    assert!(!law(2e-6).holds() && !law(f64::NAN).holds());
}

/// Parts by shock add up to every result; a rise of the exchange rate has no part in any quantity.
#[test]
fn parts_by_shock_add_up_and_the_exchange_rate_has_none_in_quantities() {
    let text = format!("{LONG_RUN} shock fpexp = uniform -5 ; shock phi = 10 ;");
    let database = small();
    let closure = Closure::read("closure", &text, &database.sets).expect("a square closure");
    let shocks = read_shocks("shocks", &text, &database.sets, &closure).expect("sound shocks");
    for (method, gap) in [(EXACT, 1e-2), (Method::Euler { steps: 3 }, 1e-6)] {
        let results = run(&database, &closure, &shocks, method).expect("solves");
        let parts = contributions(&database, &closure, &shocks, method, &results).expect("solves");
        assert!(parts.gap < gap, "{method:?}: {}", parts.gap);
        assert_eq!(parts.by_shock.keys().collect::<Vec<_>>(), ["fpexp", "phi"]);
        for (name, changes) in &results.changes {
            for (cell, change) in changes.iter().enumerate() {
                let sum: f64 = parts.by_shock.values().map(|of| of[name][cell]).sum();
                assert!((sum - change).abs() < 1e-8 * change.abs().max(1e-3), "{name} {cell}");
            }
        }
        for name in ["xtot", "xhou_s", "NatMacro(RealGDP)"] {
            let share = largest(&parts.by_shock["phi"][name]);
            assert!(share < 1e-3 * largest(&results.changes[name]), "{name}: {share}");
        }
        let prices = &parts.by_shock["phi"]["NatMacro(GDPPI)"];
        assert!(prices[0] > 9.0 && prices[0] < 10.1, "{prices:?}");
    }
}

/// As many names are given as are free, but nothing moves one of them, and nothing finds another.
#[test]
fn a_closure_that_is_square_by_count_only_is_told_by_its_names() {
    // Landed prices follow from what is given, whatever else is free.
    let text = "swap pimp(\"Goods\",\"North\") = acap(\"Makers\",\"North\") ;";
    let database = small();
    let closure = Closure::read("closure", text, &database.sets).expect("square by count");
    let Err(Failure::Closure(findings)) = run(&database, &closure, &Shocks::new(), EXACT) else {
        panic!("there is no solution whatever the shock");
    };
    let finding = findings.iter().next().expect("a finding");
    assert_eq!(finding.code, "E1819");
    let help = finding.help.as_deref().unwrap_or_default();
    assert!(help.contains("make endogenous one of: pimp[Goods, North]"), "{help}");
    assert!(help.contains("acap[Makers, North]"), "{help}");
    assert_eq!(finding.place.as_ref().map(|place| (place.line, place.column)), Some((1, 1)));
}

/// Every price is found, and one of them twice: only the numbers show it.
#[test]
fn what_depends_on_each_other_is_named() {
    let text = "swap fhou = xhoutot ; swap NatMacro(\"CPI\") = houslack ; swap phoutot = flab_io ;";
    let database = small();
    let closure = Closure::read("closure", text, &database.sets).expect("square by count");
    let Err(failure) = run(&database, &closure, &Shocks::new(), EXACT) else {
        panic!("the nation's price is given twice")
    };
    let told = failure.to_string();
    assert!(told.contains("E1819") && told.contains("CPI"), "{told}");
}

/// Linear steps that take away more than all, and levels that do not exist: no numbers leave.
#[test]
fn numbers_leave_a_run_only_when_they_are_a_solution() {
    let database = small();
    let closure = Closure::standard(&database.sets);
    let run = |text: &str, method| {
        let shocks = read_shocks("s", text, &database.sets, &closure).expect("sound shocks");
        run(&database, &closure, &shocks, method)
    };
    let text = "shock fpexp = uniform -90 ;";
    let Err(failure) = run(text, Method::Euler { steps: 1 }) else {
        panic!("exports fall by more than all of them")
    };
    assert_eq!(failure.status(), "step_too_long");
    let Err(failure) = run("shock nhou = 1000 ;", EXACT) else {
        panic!("eleven times as many households need more than all spending")
    };
    // In the south, where half of spending is needed: with twice as many, of eleven times.
    let fraction = failure.fraction().expect("as far as there are solutions");
    assert_eq!(failure.status(), "infeasible");
    assert!(fraction <= 0.1 && fraction > 0.099, "{fraction} of 0.1");
}

/// Parts are doubled until two solutions agree, which a finer solution confirms.
#[test]
fn exact_is_exact_for_large_shocks() {
    for shock in ["shock fpexp = uniform -40 ;", "shock atot(IND,\"North\") = uniform 50 ;"] {
        let text = format!("{LONG_RUN} {shock}");
        let results = solved(&text, EXACT);
        let finer = solved(&text, Method::Exact { parts: 16 });
        assert!(results.extrapolated <= SETTLED && results.parts > 2, "{}", results.parts);
        for name in ["NatMacro(RealGDP)", "NatMacro(CPI)", "xtot", "pdom", "xlab_o"] {
            let pairs = results.changes[name].iter().zip(&finer.changes[name]);
            let gap = largest(&pairs.map(|(one, other)| one - other).collect::<Vec<_>>());
            assert!(gap < 2.0 * SETTLED, "{shock} {name}: {gap:e}");
        }
    }
}

/// Values from files, whole or some of them, in the orders that GEMPACK writes.
#[test]
fn shocks_come_from_files_too() {
    let database = small();
    let closure = Closure::standard(&database.sets);
    let open = |_: &str, name: &str, header: Option<&str>| match (name, header) {
        ("rows.txt", None) => Numbers::read("2 2 row_order ; 1 2\n3 4"),
        ("some.har", Some("ABCD")) => {
            Ok(Numbers { sizes: Some(vec![2, 2]), values: vec![1.0, 3.0, 2.0, 4.0] })
        }
        _ => Err("it cannot be read".to_owned()),
    };
    let text = "shock acap = file rows.txt ;\n\
                shock alnd(\"Traders\",DST) = select from file some.har header \"ABCD\" ;";
    let shocks = read_shock_files(&[("s", text)], &database.sets, &closure, &open);
    let shocks = shocks.expect("sound shocks");
    assert_eq!(shocks["acap"], [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(shocks["alnd"], [0.0, 0.0, 3.0, 4.0]);
}

/// A second file may not shock what the first has shocked; both places are told.
#[test]
fn a_cell_is_shocked_once_over_all_files() {
    let database = small();
    let closure = Closure::standard(&database.sets);
    let none = |_: &str, _: &str, _: Option<&str>| Err("none".to_owned());
    let files = [("a", "shock nhou = 1 ;"), ("b", "\nshock nhou(\"South\") = 1 ;")];
    let findings = read_shock_files(&files, &database.sets, &closure, &none);
    let findings = findings.expect_err("twice");
    let finding = findings.iter().next().expect("a finding");
    assert_eq!(finding.code, "E1820");
    assert_eq!(finding.place.as_ref().map(ToString::to_string).as_deref(), Some("b:2:1"));
    assert!(finding.help.as_deref().is_some_and(|help| help.contains("a:1:1")));
}

#[test]
fn a_command_file_says_how_it_is_solved() {
    let sets = small().sets;
    let said = |text: &str| read_method("f", text, &sets).expect("known");
    assert_eq!(said("rest endogenous ;"), None);
    assert_eq!(said("method = johansen ;"), Some(Method::Euler { steps: 1 }));
    assert_eq!(said("Method = Euler ; Steps = 3 ;"), Some(Method::Euler { steps: 3 }));
    assert_eq!(
        said("method = euler; steps=3; subintervals = 2 ;"),
        Some(Method::Euler { steps: 6 })
    );
    assert_eq!(said("method = gragg ; steps = 2 4 6 ;"), Some(EXACT));
    assert_eq!(said("method = euler ; steps = 2 4 6 ;"), Some(EXACT));
    for text in ["method = magic ;", "method = euler ; steps = many ;"] {
        let findings = read_method("f", text, &sets).expect_err("not known");
        assert_eq!(findings.iter().next().map(|each| each.code), Some("E1822"), "{text}");
    }
}

#[test]
fn shipped_closures_solve() {
    let database = small();
    for name in ["short-run", "long-run", "dynamic"] {
        let text = shipped_closure(name).expect("it ships");
        let closure = Closure::read(name, text, &database.sets).expect("a square closure");
        let shocks = read_shocks("s", "shock atot = uniform -1 ;", &database.sets, &closure);
        let results = run(&database, &closure, &shocks.expect("sound"), EXACT).expect("solves");
        assert!(results.changes["NatMacro(RealGDP)"][0] > 0.1, "{name}");
    }
    let standard = Closure::read("c", "", &database.sets).expect("a square closure");
    let short = Closure::read("c", shipped_closure("short-run").expect("ships"), &database.sets);
    let short = short.expect("a square closure");
    for variable in variables() {
        assert_eq!(
            short.given(&variable.name),
            standard.given(&variable.name),
            "{}",
            variable.name
        );
    }
}

/// The words of sets: roles of regions, margins among products, industries among users.
#[test]
fn sets_have_their_names_in_every_role() {
    let database = small();
    let closure = Closure::standard(&database.sets);
    let cells = |text: &str, name: &str| {
        let shocks = read_shocks("s", text, &database.sets, &closure).expect("sound shocks");
        shocks[name].iter().filter(|value| **value != 0.0).count()
    };
    for region in ["DST", "REG", "REGD", "\"South\""] {
        let one = if region.starts_with('"') { 2 } else { 4 };
        assert_eq!(cells(&format!("shock acap(IND,{region}) = uniform 1 ;"), "acap"), one);
    }
    assert_eq!(cells("shock pfimp(MAR,ORG) = uniform 1 ;", "pfimp"), 2);
    assert_eq!(cells("shock tuser(COM,SRC,IND,REGD) = uniform 1 ;", "tuser"), 16);
}

/// Terms add up to what they explain, at every step.
#[test]
fn a_result_is_explained_by_its_own_equation() {
    let database = small();
    let text = format!("{LONG_RUN} shock fpexp = uniform -5 ; shock aprim(\"Makers\",DST) = 1 ;");
    let closure = Closure::read("closure", &text, &database.sets).expect("a square closure");
    let shocks = read_shocks("s", &text, &database.sets, &closure).expect("sound shocks");
    let told =
        why(&database, &closure, &shocks, "pcst(\"Makers\",\"North\")", &["pprim".to_owned()])
            .expect("explained");
    assert_eq!(told.steps.len(), 2);
    let sum = |step: &Step| step.terms.iter().map(|term| term.contribution).sum::<f64>();
    assert!((told.steps[0].total - told.change).abs() < 1e-9);
    assert!((sum(&told.steps[0]) - told.change).abs() < 1e-9);
    let followed = told.steps[0].terms.iter().find(|term| term.name == "pprim").expect("a term");
    assert!((sum(&told.steps[1]) - followed.contribution).abs() < 1e-9);
    // What the solver finds: the terms of its equation add up to nothing, and are not nothing.
    let found =
        why(&database, &closure, &shocks, "xtot(\"Makers\",\"North\")", &[]).expect("explained");
    assert_eq!(found.steps[0].equation.as_deref(), Some("price of output"));
    assert!(sum(&found.steps[0]).abs() < 1e-9 && found.steps[0].terms.len() > 1);
    let wrong = why(&database, &closure, &shocks, "xtot(IND,\"North\")", &[]);
    assert!(matches!(wrong, Err(WhyError::Name(_))));
}

/// Sizes of 1 at the end may be left out, and small economies in large units are checked alike.
#[test]
fn sizes_of_one_and_units_do_not_matter() {
    let mut tables = tables();
    for (header, (sizes, _)) in &mut tables.arrays {
        if header == "TMAR" {
            assert_eq!(sizes[2], 1);
        }
    }
    for (header, (_, cells)) in &mut tables.arrays {
        let value = !["SLAB", "P028", "SCET", "P015", "SGDD", "P018", "SMAR", "P021", "XPEL"]
            .contains(&header.as_str());
        if value {
            for cell in cells.iter_mut() {
                *cell *= 1e-3;
            }
        }
    }
    assert!(Database::new(&tables).is_ok());
    tables.arrays.get_mut("TRAD").expect("an array").1[0] *= 1.2;
    assert!(Database::new(&tables).is_err(), "a gap of 20 % in small numbers");
}
