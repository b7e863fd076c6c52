from rnnops.features.remembered import Remembered


def test_a_function_is_asked_once_for_what_is_asked_often():
    asked = []

    def double(number):
        asked.append(number)
        return 2 * number

    remembered = Remembered(double, most=10)
    for number in range(1000):
        assert remembered[number] == 2 * number
        assert remembered[7] == 14
        assert len(remembered) + len(remembered.older) <= 20
    assert asked.count(7) == 1
    assert remembered[0] == 0
    assert asked.count(0) == 2  # forgotten meanwhile
