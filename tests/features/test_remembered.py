from rnnops.features.remembered import Remembered


def test_a_function_is_asked_once_for_what_is_asked_often():
    asked = []

    def double(text):
        asked.append(text)
        return 2 * text

    remembered = Remembered(double, most=10, longest=3)
    for number in range(1000):
        assert remembered[str(number)] == 2 * str(number)
        assert remembered["7"] == "77"
        assert remembered["1000"] == "10001000"
        assert len(remembered) + len(remembered.older) <= 20
    assert asked.count("7") == 1
    assert asked.count("1000") == 1000  # too long to be kept
    assert remembered["0"] == "00"
    assert asked.count("0") == 2  # forgotten meanwhile
