"""Nodes in the person's language, whether the page ships it, learns it from us, or has neither."""

import pytest
from desk import choose
from wording import shown, spoken_by


@pytest.fixture
def spoken(room):
    """Loads the page in a language; afterwards it is English again, whatever happened."""

    def speak(locale):
        choose(room.address, **{"Comfy.Locale": locale, "Comfy.VueNodes.Enabled": room.nodes2})
        room.arrive()
        return room

    yield speak
    speak("en")


# zh and fr are the page's, zh-TW has ours of zh, and of pl there is nothing on our side.
@pytest.mark.parametrize("locale", ["zh", "fr", "zh-TW", "pl"])
def test_titles_and_inputs_are_in_the_language(spoken, locale):
    assert shown(spoken(locale)) == spoken_by(locale)
