"""Tables of published claims: the verdicts, and the arithmetic behind each."""

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade.doors import CHECKED, table, takes
from silktrade.prose import day, stated
from silktrade.tables.style import styled


@takes(checked=CHECKED)
def claims(checked: pd.DataFrame) -> Styler:
    """
    Set out what each claim comes to, on its day and as known now.

    One row a claim: what it says, who said it and when, what was computed from what was public
    on its day and from all that is known now, and the two verdicts.

    Parameters
    ----------
    checked : DataFrame
        From `check_claims`.

    Examples
    --------
    >>> said = st.load_claims().query("claim == 'year_2022_value'")
    >>> claims(st.check_claims(said, *st.load_evidence())).data.iloc[0].tolist()[:3]
    ['CGTN (customs data), 19 May 2023', '70.20 billion dollars', 'holds']
    """
    shown = zip(checked["computed"], checked["unit"], checked["rounding"], strict=True)
    rows = checked.assign(text=[stated(*row) for row in shown])
    wide = rows.pivot(index="claim", columns="vantage", values=["text", "verdict"])
    said = rows.drop_duplicates("claim").set_index("claim")
    out = pd.DataFrame({
        "Said by": said["publisher"] + ", " + said["published"].map(day),
        "On its day": wide["text", "pseudo-real time"],
        "Verdict on its day": wide["verdict", "pseudo-real time"],
        "As known now": wide["text", "as known now"],
        "Verdict now": wide["verdict", "as known now"],
    })  # fmt: skip
    out = out.rename(index=said["statement"]).rename_axis("Statement")
    caption = "Published statements, computed from what was public on their day and as known now"
    return styled(out.astype("str"), caption, {})


@takes(checked=table("check_claims", "vantage statement arithmetic why note published"))
def claim_arithmetic(checked: pd.DataFrame) -> Styler:
    """
    Set out how each claim was computed, why one cannot be tested, and what else to know.

    Two rows a claim: on its day and as known now.

    Parameters
    ----------
    checked : DataFrame
        From `check_claims`.

    Examples
    --------
    >>> said = st.load_claims().query("claim == 'april_2023_value'")
    >>> claim_arithmetic(st.check_claims(said, *st.load_evidence())).data["Arithmetic"].iloc[0]
    '50.27 billion yuan (China Customs, first print)'
    """
    days = checked["published"].map(day).astype("str")
    seen_from = days.where(checked["vantage"] == "pseudo-real time", "now")
    why = ("Cannot be tested: " + checked["why"] + ".").where(checked["why"] != "", "")
    out = pd.DataFrame({
        "Statement": checked["statement"],
        "Seen from": seen_from,
        "Arithmetic": checked["arithmetic"].where(checked["arithmetic"] != "", "–"),
        "What to know": (why + " " + checked["note"]).str.strip(),
    }).set_index(["Statement", "Seen from"])  # fmt: skip
    return styled(out.astype("str"), "The arithmetic behind each verdict", {})
