// Calls the sandbox with the types that openapi-typescript makes of the descriptions: what is
// missing in a call does not compile.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";

import type { paths as Cegid } from "./cegid-loop.js";
import type { paths as Geoplanning } from "./geoplanning.js";
import type { paths as Ocean } from "./ocean-geomission.js";

const [cegidUrl, geoplanningUrl, oceanUrl] = process.argv.slice(2);

async function geoplanning() {
  const credentials = "cGxhbm5lckBleGFtcGxlLmNvbTpzYW5kYm94LXBhc3N3b3Jk";
  const client = createClient<Geoplanning>({
    baseUrl: geoplanningUrl,
    headers: { Authorization: `Basic ${credentials}` },
  });
  const type = "application/vnd.geoplanning-v3.0+json;charset=UTF-8";
  const header = { Accept: type, "Content-Type": type } as const;

  const found = await client.GET("/rounds/{id}", { params: { header, path: { id: 1 } } });
  assert.equal(found.data?.round.id, 1);
  const address = {
    country: "BE",
    postcode: "5100",
    locality: "Naninne",
    street: "Chaussee de Marche",
  };
  const added = await client.POST("/customers", {
    params: { header },
    body: { name: "Ada", address },
  });
  assert.equal(added.data?.customer.name, "Ada");
  const missing = await client.GET("/rounds/{id}", { params: { header, path: { id: 999 } } });
  assert.equal(missing.error?.status.message, "there is no such round");
}

async function ocean() {
  const client = createClient<Ocean>({ baseUrl: oceanUrl });
  const loggedIn = await client.POST("/restapi/auth/authenticate2", {
    body: { login: "dispatcher@example.com", password: "sandbox-password" },
  });
  const headers = { "X-AUTH-TOKEN": loggedIn.data?.token };
  const created = await client.POST("/restapi/geomission/ajoutMission", {
    params: { query: { idMission: "from-typescript", nomVeh: "Truck" } },
    headers,
  });
  assert.equal(created.data?.message, "mission created");
  const missing = await client.GET("/restapi/geomission/statutMission", {
    params: { query: { idMission: "nobody" } },
    headers,
  });
  assert.equal(missing.error?.message, "no such mission");
}

async function cegid() {
  const client = createClient<Cegid>({
    baseUrl: cegidUrl,
    headers: {
      "Ocp-Apim-Subscription-Key": "sandbox-subscription-key",
      "x-apikey": "sandbox-key:sandbox-client-secret",
    },
  });
  const header = { Accept: "application/json", "Content-Type": "application/json" } as const;
  const letters = await client.GET("/LettresDeMissions", {
    params: { header, query: { codeDossier: "cabinet", take: 2 } },
  });
  assert.ok(Array.isArray(letters.data) && letters.data.length === 2);
  const missing = await client.GET("/LettresDeMissions", {
    params: { header, query: { codeDossier: "nobody" } },
  });
  assert.equal(missing.error?.message, "no such folder");
}

for (const calls of [geoplanning, ocean, cegid]) {
  await calls();
}
