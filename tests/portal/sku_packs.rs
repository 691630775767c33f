//! The grammar of SKUs and the older SKUs in a pack: what is wrong and how it is told.

use portal::programs::pack;

const SHIELD: &str = include_str!("packs/shield.toml");
const SMALL: &str = include_str!("packs/small.toml");

/// The problems of the test pack after a change, without file and line.
fn problems(changes: &[(&str, &str)]) -> Vec<String> {
    let mut text = SHIELD.to_owned();
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "{from:?} stands once");
        text = text.replace(from, to);
    }
    told(&text)
}

fn told(text: &str) -> Vec<String> {
    let problems =
        pack::parse("shield.toml", text).map_or_else(|problems| problems, |_| Vec::new());
    for problem in &problems {
        assert!(problem.line > 1, "{problem} has a place");
    }
    problems.iter().map(|one| format!("{}: {}; {}", one.path, one.what, one.hint)).collect()
}

/// What is written, what stands there instead, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "position = 5",
        "position = 6",
        "sku.parts[2].position: this part cannot begin at 6; write 5: parts stand in their order, without gaps",
    ),
    (
        "meaning = \"months\"",
        "meaning = \"month\"",
        "sku.parts[1].meaning: \"month\" is not known here; did you mean \"months\"?",
    ),
    (
        "position = 2\nlength = 3",
        "position = 2\nlength = 1",
        "sku.parts[1].length: 1 is out of range; write a number from 2 to 40",
    ),
    (
        "renewal = \"G\"",
        "renewal = \"F\"",
        "sku.parts[0]: new and renewal are the same; give each letters of its own",
    ),
    (
        "new = \"F\"",
        "new = \"FF\"",
        "sku.parts[0].new: \"FF\" has 2 letters, and its part 1; write as many letters as the part is long",
    ),
    (
        "sold = \"J1\"",
        "sold = \"J2\"",
        "sku.parts[2].sold: \"J2\" is not known here; did you mean \"J1\"?",
    ),
    (
        "W9 = \"Elsewhere\"",
        "W = \"Elsewhere\"",
        "sku.parts[2].known.W: \"W\" does not fit its part; write 2 capital letters and digits before the sign =",
    ),
    (
        "pad = \"X\"",
        "pad = \"x\"",
        "sku.parts[3].pad: \"x\" is not letters of a SKU; write capital letters and digits such as \"ZZ\"",
    ),
    (
        "sku_code = \"WSEAT\"",
        "sku_code = \"WSITE\"",
        "products[4].sku_code: a SKU could not tell this product from \"WATCH-SITE\"; give each product a sku_code of its own",
    ),
    (
        "sku_code = \"WSEAT\"",
        "sku_code = \"WSEATSS\"",
        "products[4].sku_code: \"WSEATSS\" does not fit the part of a SKU that names the product; write a sku_code of capital letters and digits that is not longer than the part",
    ),
    (
        "sku_code = \"WSEAT\"\n",
        "",
        "products[4].code: \"WATCH-SEAT\" does not fit the part of a SKU that names the product; write a sku_code of capital letters and digits that is not longer than the part",
    ),
    (
        "warranty_months = 24\n",
        "warranty_months = 24\nsku_code = \"HUB\"\n",
        "products[0].sku_code: a product of the kind \"hardware\" is ordered by its code; remove sku_code; only subscriptions and support plans have SKUs by the grammar",
    ),
    (
        "product = \"WATCH-HELP\"",
        "product = \"WATCH-HELL\"",
        "legacy_skus[3].product: \"WATCH-HELL\" is not a product of this pack; did you mean \"WATCH-HELP\"?",
    ),
    (
        "product = \"WATCH-HELP\"",
        "product = \"SURVEY\"",
        "legacy_skus[3].product: a product of the kind \"service\" is ordered by its code; name a subscription or a support plan",
    ),
    (
        "3 = \"HELP.FIRST.3\"",
        "5 = \"HELP.FIRST.3\"",
        "legacy_skus[3].new.5: \"5\" is not a standard term; write one of 3, 6, 12, 24, or add it to standard_terms",
    ),
    (
        "3 = \"HELP.FIRST.3\"",
        "3 = \"ALARM-HUB\"",
        "legacy_skus[3].new.3: \"ALARM-HUB\" is the code of a product; write a SKU that nothing else has",
    ),
    (
        "3 = \"HELP.FIRST.3\"",
        "3 = \"F003J1HELPXX\"",
        "legacy_skus[3].new.3: \"F003J1HELPXX\" has the form of the newer SKUs; write the older SKU, in whatever form it had",
    ),
];

#[test]
fn each_wrong_part_is_told_with_what_would_be_right() {
    for (from, to, problem) in WRONG {
        assert_eq!(problems(&[(from, to)]), [*problem], "{to}");
    }
}

#[test]
fn two_products_never_have_the_same_older_sku() {
    let told = problems(&[("3 = \"HELP.FIRST.3\"", "3 = \"SEAT.FIRST.3\"")]);
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("legacy_skus[3].new.3: \"SEAT.FIRST.3\" stands already in line "));
    assert!(told[0].ends_with("; a SKU stands for one product, term and purpose"));
}

#[test]
fn product_months_and_purpose_have_one_part_each() {
    let told = problems(&[(
        "meaning = \"purpose\"\nnew = \"F\"\nrenewal = \"G\"",
        "meaning = \"letters\"\nknown = { F = \"First\" }\nsold = \"F\"",
    )]);
    assert_eq!(
        told,
        [
            "sku: 0 parts have the meaning \"purpose\"; write one part each for \"product\", \"months\" and \"purpose\""
        ]
    );
}

#[test]
fn a_program_without_a_grammar_cannot_speak_of_skus() {
    let text = SMALL.replace("sku_forms = [\"legacy\"]", "sku_forms = [\"legacy\", \"new\"]");
    assert_eq!(
        told(&text),
        [
            "policies[0].sku_forms[1]: this program has plain codes; add a section [sku] with its parts, or remove this"
        ]
    );
    let section = "[[legacy_skus]]\nproduct = \"BOX-1\"\nnew = { 12 = \"BOX-OLD\" }\n\n[notices]\n";
    let told = told(&SMALL.replace("[notices]\n", section));
    assert!(told[0].starts_with("legacy_skus: this program has plain codes"), "{told:?}");
}
