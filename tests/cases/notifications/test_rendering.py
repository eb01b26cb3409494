from __future__ import annotations

import pytest

from cases.notifications.choices import TEST, ChannelKind, NewsKind
from cases.notifications.rendering import Story, words_for

STORY = Story(
    news="sla_breached",
    case_id="0192f0c8-0000-7000-8000-00001a2b3c4d",
    reference="1a2b3c4d",
    queue='Payments <b> & "co"',
    severity=4,
    priority=87,
    url="https://fraud.example.com/staff/cases/case/1/change/?a=1&b=2",
    others={"opened": 9, "sla_breached": 3},
)
HEADLINE = 'Case 1a2b3c4d: time is over in Payments <b> & "co"'


@pytest.mark.parametrize("kind", ["email", "personal_email"])
def test_mail_has_a_subject_a_text_and_the_same_as_html(kind: str) -> None:
    words = words_for(kind, STORY)

    assert words.title == f"{HEADLINE} (and 12 more)"
    assert words.text.splitlines() == [
        HEADLINE,
        "",
        'Queue:     Payments <b> & "co"',
        "Severity:  critical",
        "Priority:  87 of 100",
        "",
        "and 12 more: new case 9, time is over 3",
        "",
        STORY.url,
    ]
    assert "<td>Payments &lt;b&gt; &amp; &quot;co&quot;</td>" in words.html
    assert 'href="https://fraud.example.com/staff/cases/case/1/change/?a=1&amp;b=2"' in words.html
    assert "<b>" not in words.html


@pytest.mark.parametrize("kind", ["slack", "webhook"])
def test_chats_get_text_that_their_service_escapes(kind: str) -> None:
    words = words_for(kind, STORY)

    assert words.title == f"{HEADLINE} (and 12 more)"
    assert words.html == ""
    assert words.text.splitlines() == [
        'Payments <b> & "co" · critical · priority 87 of 100',
        "and 12 more: new case 9, time is over 3",
        STORY.url,
    ]


@pytest.mark.parametrize("kind", ["sms", "pagerduty"])
def test_short_media_say_it_in_one_breath(kind: str) -> None:
    words = words_for(kind, STORY)

    assert words.title == ""
    assert words.text == (f"{HEADLINE}, and 12 more: new case 9, time is over 3\n{STORY.url}")
    assert (words.severity, words.incident, words.url) == (4, STORY.case_id, STORY.url)


def test_programs_get_the_same_as_data() -> None:
    assert words_for("webhook", STORY).data == {
        "kind": "sla_breached",
        "case": {
            "id": STORY.case_id,
            "reference": "1a2b3c4d",
            "queue": 'Payments <b> & "co"',
            "severity": "critical",
            "priority": 87,
            "url": STORY.url,
        },
        "more": {"opened": 9, "sla_breached": 3},
    }


@pytest.mark.parametrize("news", NewsKind)
@pytest.mark.parametrize("kind", ChannelKind)
def test_every_kind_of_news_has_words_for_every_medium(kind: str, news: str) -> None:
    words = words_for(kind, Story(news=news, case_id="1", reference="1a2b", queue="Q", url="/c"))

    said = f"{words.title}\n{words.text}"
    assert "Case 1a2b: " in said
    assert "more" not in said
    assert "/c" in words.text


@pytest.mark.parametrize("kind", ChannelKind)
def test_a_test_message_says_that_it_is_one_and_names_no_case(kind: str) -> None:
    words = words_for(kind, Story(news=TEST))

    assert "Test message from Fraudsite" in words.title + words.text
    assert "Case" not in words.title + words.text + words.html
    assert words.data["case"] is None


def test_whoever_it_is_about_is_addressed() -> None:
    assigned = Story(news="assigned", reference="1a2b", queue="Payments", is_personal=True)
    mentioned = Story(news="mentioned", reference="1a2b", is_personal=True)

    assert words_for("personal_email", assigned).title == "Case 1a2b: assigned to you in Payments"
    assert words_for("personal_email", mentioned).title == (
        "Case 1a2b: you are mentioned in a note"
    )


def test_a_queue_whose_title_has_line_breaks_or_no_end_breaks_no_heading() -> None:
    title = "Payments\r\nBcc: everybody@example.com " + "x" * 500

    words = words_for("email", Story(news="opened", reference="1a2b", queue=title))

    assert "\n" not in words.title
    assert "\r" not in words.title
    assert len(words.title) == 150
