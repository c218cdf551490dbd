import pytest

from deploy.local import ports


def test_a_busy_port_gives_way_to_the_next_free_one():
    with ports.listen() as taken, ports.listen_near(ports.number(taken)) as other:
        assert ports.number(other) != ports.number(taken)


def test_a_port_asked_for_by_number_is_not_replaced_but_a_free_one_is_named():
    with ports.listen() as taken:
        with pytest.raises(ports.PortBusy) as busy:
            ports.listen_exactly(ports.number(taken))
        assert busy.value.port == ports.number(taken)
        ports.listen_exactly(busy.value.free).close()


def test_a_freed_port_can_be_taken_at_once():
    with ports.listen() as listener:
        number = ports.number(listener)
    ports.listen_exactly(number).close()
