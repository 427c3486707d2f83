"""A plain reader: anything that can publish one line of JSON over MQTT. No plan, no receipts, no software of ours."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

EPOCH = "01JD3Z6Y8Q4N7W2K9T5B0C1D2E"


def publish(site, area, terminal, batch, *arguments):
    """One mosquitto_pub; returns when the collector's receipt is there."""
    heard, lines = flow.listen(site.port, f"studyday/1/{area}/{terminal}/receipt", "-C", "1", "-F", "%p")
    flow.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(site.port), "-q", "1", "-t",
              f"studyday/1/{area}/{terminal}/event", "-m", json.dumps(batch), *arguments])
    assert heard.wait(flow.PATIENCE) == 0
    lines.wait_end()
    return json.loads(next(line for line in lines.lines if line.startswith('{"v":1')))


def first_with_card(site):
    return next(row for row in site.rows("members") if row["card"])


def one_event(session, **keys):
    return {"v": 1, "epoch": EPOCH, "first": 1, "events": [{"kind": "in", "at": f"{session}T08:55:00+08:00", **keys}]}


@flow.test
def card_without_a_session_is_counted():
    site = flow.Site()
    site.start()
    session, member = site.sessions()[0], first_with_card(site)
    receipt = publish(site, "qh-01", "t-0003", one_event(session, card=member["card"]))
    assert receipt["through"] == 1 and receipt["epoch"] == EPOCH
    event, = site.events()
    assert event["state"] == "counted" and event["session"] == session and event["member"] == member["member"], event
    record = json.loads(site.studyday("record", member["member"], "--year", session[:4], "--format", "json"))
    entry, = [entry for entry in record["sessions"] if entry["session"] == session]
    assert entry["status"] == "present" and entry["point"] == "P-0003" and entry["credit_minutes"] == 120, entry


@flow.test
def reader_of_mqtt_311_is_counted_as_well():
    site = flow.Site()
    site.start()
    session, member = site.sessions()[1], first_with_card(site)
    publish(site, "qh-01", "t-0001", one_event(session, member=member["member"]), "-V", "mqttv311")
    event, = site.events("--member", member["member"])
    assert event["state"] == "counted" and event["session"] == session


@flow.test
def card_that_nobody_holds_is_parked_and_counts_when_a_roster_brings_it():
    site = flow.Site()
    site.start()
    session, member = site.sessions()[0], site.rows("members")[0]
    publish(site, "qh-01", "t-0001", one_event(session, card="LATER-1"))
    assert [event["state"] for event in site.events()] == ["parked"]
    roster = os.path.join(site.folder, "later.csv")
    with open(roster, "w", encoding="utf-8") as file:
        file.write("member,name,org,from,card\n")
        file.write(f"1310099999999,新来,{member['org']},2024-01-01,LATER-1\n")
    site.studyday("import", "members", roster)
    event, = site.events()
    assert event["state"] == "counted" and event["member"] == "1310099999999", event
    site.check()


if __name__ == "__main__":
    flow.main()
