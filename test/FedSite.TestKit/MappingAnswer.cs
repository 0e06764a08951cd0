using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;

namespace FedSite.TestKit;

/// <summary>Our engine's answer to a question that the real Keystone answers as well, in the same form.</summary>
public static class MappingAnswer
{
    /// <summary>Null: FedSite leaves it undecided.</summary>
    /// <param name="question">A <c>mapping</c>, an <c>assertion</c>, perhaps a <c>remote_user</c>.</param>
    public static JsonObject? To(JsonObject question)
    {
        MappingDocument mapping;
        try
        {
            mapping = MappingDocument.Parse(Encoding.UTF8.GetBytes(question["mapping"]!.ToJsonString()), "mapping");
        }
        catch (FedSiteException)
        {
            return new JsonObject { ["accepted"] = false, ["error"] = "ValidationError" };
        }

        var values = question["assertion"]!.AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>());
        try
        {
            var result = new MappingEngine(mapping).Evaluate(new Assertion(values));
            return result.Error is { } error
                ? new JsonObject { ["accepted"] = true, ["error"] = error.Kind }
                : Mapped(result.Mapped!, question["remote_user"]?.GetValue<string>());
        }
        catch (UndecidedException)
        {
            return null;
        }
    }

    private static JsonObject Mapped(MappedProperties mapped, string? remoteUser)
    {
        JsonObject? login = null;
        if (mapped.User["type"]!.GetValue<string>() == "ephemeral")
        {
            var (user, error) = FederatedUser.Of(mapped.User, remoteUser);
            login = user is null
                ? new JsonObject { ["error"] = error!.Kind }
                : new JsonObject { ["id"] = user.UniqueId, ["name"] = user.Name };
        }

        return new JsonObject
        {
            ["accepted"] = true,
            ["mapped"] = new JsonObject
            {
                ["user"] = mapped.User,
                ["group_ids"] = mapped.GroupIds,
                ["group_names"] = mapped.GroupNames,
                ["projects"] = mapped.Projects,
            },
            ["login"] = login,
        };
    }
}
