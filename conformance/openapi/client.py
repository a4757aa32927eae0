"""Calls the sandbox with the clients that openapi-python-client makes of the descriptions.

Nothing here names a header or a media type: the generated clients know them.
"""

import sys

from cegid_loop_client.api.letters import list_engagement_letters
from cegid_loop_client.client import Client as CegidClient
from geoplanning_client.api.customers import add_customer
from geoplanning_client.api.rounds import get_round
from geoplanning_client.client import AuthenticatedClient as GeoplanningClient
from geoplanning_client.models import AddCustomerBody, CustomerAddress, Refusal
from ocean_geomission_client.api.authentication import log_in
from ocean_geomission_client.api.missions import create_mission, mission_status
from ocean_geomission_client.client import AuthenticatedClient as OceanClient
from ocean_geomission_client.client import Client as OceanLogIn
from ocean_geomission_client.models import LogInBody

cegid_url, geoplanning_url, ocean_url = sys.argv[1:]


def geoplanning():
    credentials = "cGxhbm5lckBleGFtcGxlLmNvbTpzYW5kYm94LXBhc3N3b3Jk"
    client = GeoplanningClient(base_url=geoplanning_url, prefix="Basic", token=credentials)
    found = get_round.sync(1, client=client)
    assert found.status.code == 0 and found.round_.id == 1, found
    address = CustomerAddress(
        country="BE", postcode="5100", locality="Naninne", street="Chaussee de Marche"
    )
    added = add_customer.sync(client=client, body=AddCustomerBody(name="Ada", address=address))
    assert added.customer.name == "Ada", added
    missing = get_round.sync(999, client=client)
    assert isinstance(missing, Refusal), missing
    assert missing.status.message == "there is no such round", missing


def ocean():
    body = LogInBody(login="dispatcher@example.com", password="sandbox-password")
    token = log_in.sync(client=OceanLogIn(base_url=ocean_url), body=body).token
    client = OceanClient(
        base_url=ocean_url, token=token, prefix="", auth_header_name="X-AUTH-TOKEN"
    )
    created = create_mission.sync(client=client, id_mission="from-python", nom_veh="Truck")
    assert created.message == "mission created", created
    missing = mission_status.sync(client=client, id_mission="nobody")
    assert missing.message == "no such mission", missing


def cegid():
    keys = {
        "Ocp-Apim-Subscription-Key": "sandbox-subscription-key",
        "x-apikey": "sandbox-key:sandbox-client-secret",
    }
    client = CegidClient(base_url=cegid_url, headers=keys)
    letters = list_engagement_letters.sync(client=client, code_dossier="cabinet", take=2)
    assert len(letters) == 2, letters
    missing = list_engagement_letters.sync(client=client, code_dossier="nobody")
    assert missing.message == "no such folder", missing


for calls in (geoplanning, ocean, cegid):
    calls()
