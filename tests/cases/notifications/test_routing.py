from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cases.notifications.retries import MAX_TRIES, retry_delay
from cases.notifications.routing import Destination, News, Route, destinations

KINDS = st.sampled_from(["opened", "breached"])
QUEUES = st.sampled_from(["payments", "onboarding"])
ROUTES = st.lists(
    st.builds(
        Route,
        kind=KINDS,
        queue=st.one_of(st.just(""), QUEUES),
        min_severity=st.integers(1, 4),
        channel=st.sampled_from(["mail", "slack"]),
        is_personal=st.booleans(),
        is_urgent=st.booleans(),
    ),
    max_size=8,
)
NEWS = st.builds(
    News,
    kind=KINDS,
    queue=QUEUES,
    severity=st.integers(1, 4),
    people=st.lists(st.sampled_from(["anna", "ben"]), unique=True).map(tuple),
)


@given(NEWS, ROUTES)
def test_the_order_of_the_routes_changes_nothing(news: News, routes: list[Route]) -> None:
    assert destinations(news, routes) == destinations(news, routes[::-1])


@given(NEWS, ROUTES)
def test_each_place_is_reached_once_and_by_a_route_that_takes_the_news(
    news: News, routes: list[Route]
) -> None:
    found = destinations(news, routes)

    places = [(one.channel, one.person) for one in found]
    assert len(places) == len(set(places))
    for one in found:
        ways = [
            route
            for route in routes
            if route.takes(news)
            and route.channel == one.channel
            and route.is_personal == bool(one.person)
        ]
        assert ways
        assert one.is_urgent == any(route.is_urgent for route in ways)


@given(NEWS, ROUTES)
def test_news_that_is_worse_goes_everywhere_that_milder_news_went(
    news: News, routes: list[Route]
) -> None:
    worse = News(news.kind, news.queue, 4, news.people)

    before = {(one.channel, one.person) for one in destinations(news, routes)}
    after = {(one.channel, one.person) for one in destinations(worse, routes)}

    assert before <= after


def test_a_personal_route_reaches_each_person_and_a_shared_one_the_channel() -> None:
    routes = [
        Route("mentioned", "", 1, "own-mail", is_personal=True),
        Route("mentioned", "", 1, "slack"),
    ]

    found = destinations(News("mentioned", "payments", 1, ("ben", "anna")), routes)

    assert found == [
        Destination("own-mail", "anna", is_urgent=False),
        Destination("own-mail", "ben", is_urgent=False),
        Destination("slack", "", is_urgent=False),
    ]


def test_news_about_nobody_takes_no_personal_route() -> None:
    routes = [Route("opened", "", 1, "own-mail", is_personal=True)]

    assert destinations(News("opened", "payments", 4), routes) == []


def test_another_queue_or_a_milder_case_is_not_told() -> None:
    routes = [Route("opened", "payments", 3, "slack")]

    assert destinations(News("opened", "onboarding", 4), routes) == []
    assert destinations(News("opened", "payments", 2), routes) == []
    assert len(destinations(News("opened", "payments", 3), routes)) == 1


@given(st.integers(1, MAX_TRIES - 1), st.floats(0, 1), st.floats(0, 1))
def test_the_wait_between_tries_grows_whatever_the_jitter(
    tries: int, one: float, other: float
) -> None:
    assert retry_delay(tries + 1, other) > retry_delay(tries, one)


def test_eight_tries_take_about_an_hour() -> None:
    waits = [retry_delay(tries, 0.0) for tries in range(1, MAX_TRIES)]

    assert sum(wait.total_seconds() for wait in waits) == 3_810
    assert len(waits) == 7
