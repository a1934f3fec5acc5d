// Publish two observations with the official CloudEvents SDK: publish PLATFORM_URL SOURCE_URI PRIVATE_KEY_FILE KEYID NAME [tamper]
package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
)

const kind = "https://cloudevents.io/verifiability/dsse/v0.1"

func main() {
	if len(os.Args) < 6 {
		log.Fatal("publish PLATFORM_URL SOURCE_URI PRIVATE_KEY_FILE KEYID NAME [tamper]")
	}
	key := privateKey(os.Args[3])
	tamper := len(os.Args) > 6
	modes := map[string]context.Context{
		"binary":     binding.WithForceBinary(context.Background()),
		"structured": binding.WithForceStructured(context.Background()),
	}
	for _, mode := range []string{"binary", "structured"} {
		said := signed(os.Args[2], os.Args[4], os.Args[5]+"-"+mode, key, tamper)
		fmt.Println(send(modes[mode], os.Args[1]+"/gateway/events", said))
	}
}

// signed makes an observation and signs it as the CloudEvents verifiability extension says.
func signed(source, keyid, id string, key ed25519.PrivateKey, tamper bool) event.Event {
	data := map[string]any{
		"observation": id,
		"kind":        "material_conflict",
		"what":        map[string]any{"vocabulary": "cameo", "code": "193"},
		"where":       map[string]any{"country": "SDN"},
		"when":        map[string]any{"first": "2023-10-09", "last": "2023-10-09", "precision": "day"},
	}
	body := must(json.Marshal(data)) // Go sorts names: without fractions and special characters this is RFC 8785
	said := event.New()
	said.SetID(id)
	said.SetSource(source)
	said.SetType("entente.observations.reported.v2")
	said.SetTime(time.Date(2023, 10, 9, 0, 0, 0, 0, time.UTC))

	parts := []string{id, source, "1.0", said.Type(), "application/json", "", "", "2023-10-09T00:00:00Z", string(body)}
	var digests bytes.Buffer
	for _, part := range parts {
		digest := sha256.Sum256([]byte(part))
		digests.Write(digest[:])
	}
	payload := sha256.Sum256(digests.Bytes())
	toSign := append([]byte(fmt.Sprintf("DSSEv1 %d %s %d ", len(kind), kind, len(payload))), payload[:]...)
	envelope := map[string]any{
		"payload":     base64.StdEncoding.EncodeToString(payload[:]),
		"payloadType": kind,
		"signatures":  []map[string]string{{"keyid": keyid, "sig": base64.StdEncoding.EncodeToString(ed25519.Sign(key, toSign))}},
	}
	said.SetExtension("dssematerial", base64.StdEncoding.EncodeToString(must(json.Marshal(envelope))))
	if tamper {
		data["kind"] = "verbal_conflict"
		body = must(json.Marshal(data))
	}
	if err := said.SetData("application/json", json.RawMessage(body)); err != nil {
		log.Fatal(err)
	}
	return said
}

func send(ctx context.Context, url string, said event.Event) string {
	request := must(http.NewRequestWithContext(ctx, http.MethodPost, url, nil))
	if err := cehttp.WriteRequest(ctx, binding.ToMessage(&said), request); err != nil {
		log.Fatal(err)
	}
	answer := must(http.DefaultClient.Do(request))
	defer answer.Body.Close()
	return string(must(io.ReadAll(answer.Body)))
}

func privateKey(file string) ed25519.PrivateKey {
	block, _ := pem.Decode(must(os.ReadFile(file)))
	if block == nil {
		log.Fatalf("%s is no PEM", file)
	}
	key, ok := must(x509.ParsePKCS8PrivateKey(block.Bytes)).(ed25519.PrivateKey)
	if !ok {
		log.Fatalf("%s is no Ed25519 key", file)
	}
	return key
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
