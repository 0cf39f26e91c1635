using System.Text;
using System.Text.Json.Nodes;

namespace CodRetrieve.Tests.Reliability.Mutations;

/// <summary>Damages JSON that stays JSON: values of another kind, lost, doubled, moved or deeply nested.</summary>
internal sealed class StructureMutator(Random random)
{
    private static readonly Func<JsonNode?>[] Odd =
    [
        () => null, () => -1, () => 0, () => long.MaxValue, () => 1e300, () => 1.5, () => true, () => "", () => "-1", () => "1e3", () => "../../x", () => "/etc/passwd",
        () => "C:\\x", () => "CON", () => "a\0b", () => new string('9', 10_000), () => new JsonArray(), () => new JsonObject(), () => new JsonObject { ["start_byte"] = 0 },
        () => "AAAAAA==", () => "4waSgw==", () => Nested(60),
    ];

    public byte[] Damage(byte[] original)
    {
        var root = JsonNode.Parse(original)!;
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var objects = Objects(root).Where(node => node.Count > 0).ToList();
            if (objects.Count > 0)
            {
                DamageOnce(objects[random.Next(objects.Count)], objects);
            }
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private void DamageOnce(JsonObject target, List<JsonObject> objects)
    {
        var key = target.ElementAt(random.Next(target.Count)).Key;
        switch (random.Next(5))
        {
            case 0:
                target.Remove(key);
                break;
            case 1:
                target["x" + key] = target[key]?.DeepClone();
                break;
            case 2:
                // A value from elsewhere, such as another instance's offsets.
                var other = objects[random.Next(objects.Count)];
                target[key] = other.ElementAt(random.Next(other.Count)).Value?.DeepClone();
                break;
            case 3:
                var value = target[key]?.DeepClone();
                target.Remove(key);
                target[random.Next(2) == 0 ? "../" + key : key + new string('0', random.Next(1, 300))] = value;
                break;
            default:
                target[key] = Odd[random.Next(Odd.Length)]();
                break;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject one => one.Select(pair => pair.Value).SelectMany(Objects).Prepend(one),
        JsonArray array => array.SelectMany(Objects),
        _ => [],
    };

    private static JsonObject Nested(int depth) => depth == 0 ? [] : new JsonObject { ["a"] = Nested(depth - 1) };
}
