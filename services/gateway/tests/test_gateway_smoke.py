def test_smoke(world, sender):
    world.register(sender)
    (receipt,) = world.send(sender.signed())
    print(receipt)
    (again, other) = world.send(sender.signed(id="e1"), sender.unsigned())
    print(again, other)
    world.feed()
    print(world.administrator.get("/gateway/sources").json())
    print(world.administrator.get("/gateway/quarantine").json())
