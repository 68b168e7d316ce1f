"""
Words of the field that pages use, each in plain English: pages link the first use to it.

The first form of a word heads its entry; the others are where it may stand in a text.
"""

WORDS: dict[tuple[str, ...], str] = {
    ("the five",): "Kazakhstan, Kyrgyzstan, Tajikistan, Turkmenistan and Uzbekistan.",
    ("fob", "free on board"): (
        "Free on board: the value of goods at the border of the country that sells them, "
        "without the freight and insurance beyond it. Exports are valued so."
    ),
    ("cif",): (
        "Cost, insurance and freight: the value of goods at the border of the country that "
        "buys them, with what it cost to bring them there. Imports are valued so."
    ),
    ("current prices", "current values"): (
        "The prices of each year as they were: a rise may be more goods, dearer goods, or both."
    ),
    ("points", "percentage points"): (
        "The difference of two percentages: from 10 % to 12 % is 2 points."
    ),
    ("balance",): "China’s exports less its imports; above zero, China sells more than it buys.",
    ("output",): "Gross domestic product: the value of all that an economy makes in a year.",
    ("a year on average", "compound growth"): (
        "Compound annual growth: the steady rate a year that leads from the first value to the "
        "last."
    ),
    ("log growth",): (
        "Growth as a difference of logarithms: close to percent where small, and a fall and a "
        "rise of one size cancel."
    ),
    ("public by",): (
        "Nothing is used that was published later, of any source: the page shows what could be "
        "known on that day."
    ),
    ("pseudo-real-time", "pseudo-real time"): (
        "Seen from an earlier day: only the periods that were known then, but with today’s "
        "values where the first print is lost."
    ),
    ("first print",): "A figure as it was first published; later tables revise it.",
    ("vintage",): "A set of figures as it stood on one day.",
    ("customs rate", "customs’ own rate"): (
        "The yuan per dollar at which China’s customs convert a month. It is not the market’s."
    ),
    ("estimated or implied",): (
        "Worked out from other published figures, such as a growth rate, not printed itself."
    ),
    ("transit", "in transit"): "Goods that only pass through a country, on their way to another.",
    ("mirror figure", "mirror gap"): (
        "The same trade as the other side’s customs report it. The gap is what one side "
        "reports and the other does not."
    ),
    ("reconciled",): "Made of both sides’ reports, each weighed by how reliable it has been.",
    ("chapter", "Harmonized System"): (
        "A group of goods in the Harmonized System, the list that customs use all over the "
        "world: chapter 27 is mineral fuels."
    ),
    ("Standard International Trade Classification",): (
        "The United Nations’ list of goods, whose ten broad sections allow long comparisons."
    ),
    ("concentration",): (
        "The sum of squared shares (Herfindahl-Hirschman index): 1 is a single part, a half "
        "two equal parts."
    ),
    ("season", "seasonal"): "What comes back every year at the same time, such as a slow February.",
    ("X-13", "X-13ARIMA-SEATS"): (
        "The program of the US Census Bureau that takes the season out of monthly figures."
    ),
    ("M7", "Q"): (
        "X-13’s own marks of quality, M7 of the season, Q of the whole: good near 0, not to be "
        "used at 1 or more."
    ),
    ("break",): "A year from which growth ran at another average rate.",
    ("median",): "The middle value: half of the others lie above it, half below.",
    ("50 % interval",): "A range in which half of what comes should lie.",
    ("80 % range", "80 % interval", "four chances in five"): (
        "A range in which four of five such outcomes should lie: one in five lies outside, "
        "above or below."
    ),
    ("95 % interval", "95 % range", "95 % confidence", "95 % limits"): (
        "A range in which 19 of 20 such outcomes should lie; of an estimate, one that holds "
        "the true value 19 times in 20."
    ),
    ("draw", "draw by draw"): (
        "One simulated course of all flows together. A range is where most of thousands of "
        "draws end."
    ),
    ("carry-over", "what is carried over"): (
        "The growth of a year that is in hand already, if all its other months only keep the "
        "level of the latest."
    ),
    ("baseline",): "The projection as it stands, to which a scenario is compared.",
    ("scenario",): (
        "What would follow if one thing turned out otherwise and all else stayed: no forecast."
    ),
    ("channel",): (
        "Through what a scenario moves trade: output, the exchange rate, or the price of oil "
        "and gas."
    ),
    ("elasticity", "elasticities"): (
        "By how many percent trade moves when something else, such as income, moves by one percent."
    ),
    ("regression",): "A formula fitted to past figures, that says how one thing moved with others.",
    ("standard error",): "By how much chance alone would typically move an estimate.",
    ("p", "p-value"): (
        "How often chance alone would give as large a finding, were there nothing to find: "
        "0.05 is one time in twenty, the usual bar."
    ),
    ("random walk",): "The simplest forecast: what was last stays, or grows on at its usual pace.",
    ("gravity equation",): "A regression of the trade of two economies on their size and distance.",
    ("CRPS",): (
        "Continuous ranked probability score: how far the whole range lay from what came. "
        "Lower is better."
    ),
    ("interval score",): "The width of a range, plus a fine for each miss. Lower is better.",
    ("PIT",): (
        "Probability integral transform: where in its range what came lay, from 0, the bottom, "
        "to 1, the top."
    ),
    ("MASE", "RMSSE"): (
        "Scaled errors: the mean of misses, or the root of that of their squares, in units of the "
        "usual move from one period to the next. Lower is better."
    ),
    ("LNG",): "Liquefied natural gas, which ships carry; Japan’s price is the benchmark in Asia.",
    ("Diebold-Mariano test",): (
        "Asks whether one forecast missed by less than another by more than luck."
    ),
}
