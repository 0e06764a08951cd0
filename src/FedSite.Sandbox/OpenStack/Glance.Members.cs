using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Glance
{
    private static readonly string[] MemberStatuses = ["pending", "accepted", "rejected"];

    private Task MembersAsync(HttpContext context, Token token, string id)
    {
        var image = VisibleToMembers(token, id);
        if (image.Visibility != "shared")
        {
            throw new GlanceFault(403, $"Not allowed to list members for image {id}: Only shared images have members.");
        }
        var seen = image.Members.Where(m => Owns(token, image) || m.Key == token.Project?.Id).ToList();
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("members");
                foreach (var (project, status) in seen)
                {
                    Member(json, image, project, status);
                }
                json.WriteEndArray();
                json.WriteString("schema", "/v2/schemas/members");
                json.WriteEndObject();
            }
        );
    }

    private Task MemberAsync(HttpContext context, Token token, string id, string member)
    {
        var image = VisibleToMembers(token, id);
        return image.Members.TryGetValue(member, out var status) && (Owns(token, image) || member == token.Project?.Id)
            ? Answers.JsonAsync(context, 200, json => Member(json, image, member, status))
            : throw NoMember(image, member);
    }

    private async Task AddMemberAsync(HttpContext context, Token token, string id)
    {
        using var body = await ReadJsonAsync(context);
        if (
            body.RootElement.ValueKind != JsonValueKind.Object
            || !body.RootElement.TryGetProperty("member", out var given)
        )
        {
            throw new GlanceFault(400, "Member to be added not specified");
        }
        if (given.ValueKind != JsonValueKind.String || given.GetString() is not { Length: > 0 } member)
        {
            throw new GlanceFault(400, "Member can't be empty");
        }
        OwnedAndShared(token, id, "create");
        var image = Change(id, before => Added(before, member));
        await Answers.JsonAsync(context, 200, json => Member(json, image, member, image.Members[member]));
    }

    private SandboxImage Added(SandboxImage image, string member)
    {
        var most = world.ImageTerms.Members;
        if (image.Members.Count + 1 > most)
        {
            throw new GlanceFault(
                413,
                $"Image member limit exceeded for image {image.Id}: The limit has been exceeded on the number of allowed "
                    + $"image members for this image. Attempted: {image.Members.Count + 1}, Maximum: {most}:"
            );
        }
        if (image.Members.ContainsKey(member))
        {
            throw new GlanceFault(409, $"Member {member} is duplicated for image {image.Id}");
        }
        return WithMember(image, member, "pending");
    }

    /// <summary>By the member itself, or an admin; never by the owner.</summary>
    private async Task AnswerAsync(HttpContext context, Token token, string id, string member)
    {
        using var body = await ReadJsonAsync(context);
        var image = VisibleToMembers(token, id);
        var isMember = member == token.Project?.Id;
        if (image.Visibility != "shared" || (Owns(token, image) && !isMember && !token.IsAdmin))
        {
            throw new GlanceFault(403, $"Not allowed to update members for image {id}.");
        }
        if (!image.Members.ContainsKey(member) || !(isMember || token.IsAdmin))
        {
            throw NoMember(image, member);
        }
        var status = body.RootElement.TryGetProperty("status", out var given) ? given.GetString() : null;
        if (!MemberStatuses.Contains(status))
        {
            throw new GlanceFault(400, "Incorrect request: Status must be \"pending\", \"accepted\" or \"rejected\".");
        }
        image = Change(id, before => WithMember(before, member, status!));
        await Answers.JsonAsync(context, 200, json => Member(json, image, member, status!));
    }

    private Task RemoveMemberAsync(HttpContext context, Token token, string id, string member)
    {
        OwnedAndShared(token, id, "delete");
        Change(
            id,
            before =>
                before.Members.ContainsKey(member)
                    ? before with
                    {
                        Members = before.Members.Where(m => m.Key != member).ToDictionary(StringComparer.Ordinal),
                    }
                    : throw NoMember(before, member)
        );
        return DoneAsync(context);
    }

    private void OwnedAndShared(Token token, string id, string action)
    {
        var image = VisibleToMembers(token, id);
        if (image.Visibility != "shared" || !Owns(token, image))
        {
            throw new GlanceFault(403, $"Not allowed to {action} members for image {id}.");
        }
    }

    private SandboxImage VisibleToMembers(Token token, string id) => Visible(token, id, $"Image {id} not found.");

    private SandboxImage Change(string id, Func<SandboxImage, SandboxImage> change) =>
        world.ChangeImage(id, change) ?? throw new GlanceFault(404, $"Image {id} not found.");

    private static SandboxImage WithMember(SandboxImage image, string member, string status) =>
        image with
        {
            Members = new Dictionary<string, string>(image.Members, StringComparer.Ordinal) { [member] = status },
        };

    private static GlanceFault NoMember(SandboxImage image, string member) =>
        new(404, $"{member} not found in the member list of the image {image.Id}.");

    private void Member(Utf8JsonWriter json, SandboxImage image, string project, string status)
    {
        json.WriteStartObject();
        json.WriteString("member_id", project);
        json.WriteString("image_id", image.Id);
        json.WriteString("status", status);
        json.WriteString("created_at", Answers.Seconds(image.Created ?? world.Start));
        json.WriteString("updated_at", Answers.Seconds(image.Updated ?? image.Created ?? world.Start));
        json.WriteString("schema", "/v2/schemas/member");
        json.WriteEndObject();
    }
}
