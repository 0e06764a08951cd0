namespace FedSite.OpenStack.Image;

/// <remarks>
/// Members belong to images of visibility <c>shared</c> alone: others answer 403, but keep those that they had.
/// https://docs.openstack.org/api-ref/image/v2/#sharing
/// </remarks>
public sealed partial class ImageApi
{
    /// <summary>All of them for the owner; a member sees itself alone.</summary>
    /// <exception cref="OpenStackException">Status 403: the image is not shared; 404: it is gone.</exception>
    public async Task<IReadOnlyList<ImageMember>> ListMembersAsync(TokenScope scope, string id, CancellationToken ct)
    {
        var url = await ImageUrlAsync(scope, id, "/members", ct);
        var body = await _session.GetAsync(ServiceNames.Image, scope, url, ImageJson.Default.ImageMembersBody, ct);
        return body.Members;
    }

    /// <summary>
    /// Offers the image to a project, which has to accept. One that was offered it keeps its answer. Glance does not
    /// look whether there is such a project.
    /// </summary>
    /// <param name="scope">Of the owner.</param>
    /// <exception cref="ImageMemberLimitException">The image has as many members as Glance allows.</exception>
    /// <exception cref="OpenStackException">Status 403: the image is not shared, or another project's; 404: it is gone.</exception>
    public async Task AddMemberAsync(TokenScope scope, string id, string projectId, CancellationToken ct)
    {
        var url = await ImageUrlAsync(scope, id, "/members", ct);
        var body = Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("member", projectId);
            json.WriteEndObject();
        });
        try
        {
            await SendMemberAsync(HttpMethod.Post, url, scope, body, ct);
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.Image, Status: 409 })
        {
            // It is a member.
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.Image, Status: 413 })
        {
            // Glance counts before it looks whether the project is among them.
            var members = await ListMembersAsync(scope, id, ct);
            if (members.All(member => member.ProjectId != projectId))
            {
                throw new ImageMemberLimitException(e, id);
            }
        }
    }

    /// <summary>Who is no member is removed already, and an image that is gone has none.</summary>
    /// <param name="scope">Of the owner.</param>
    /// <exception cref="OpenStackException">Status 403: the image is not shared, or another project's.</exception>
    public async Task RemoveMemberAsync(TokenScope scope, string id, string projectId, CancellationToken ct)
    {
        try
        {
            await SendAsync(HttpMethod.Delete, await MemberUrlAsync(scope, id, projectId, ct), scope, body: null, ct);
        }
        catch (OpenStackException e) when (IsGone(e))
        {
            // An earlier try of this request did it, or somebody else.
        }
    }

    /// <summary>Answers to the offer.</summary>
    /// <param name="scope">Of the member, or of an admin; an owner may not answer for others.</param>
    /// <param name="status"><c>accepted</c>, <c>rejected</c> or <c>pending</c>.</param>
    /// <exception cref="OpenStackException">
    /// Status 403: the image is not shared, or the scope is the owner's; 404: it is gone, or never was offered.
    /// </exception>
    public async Task SetMemberStatusAsync(
        TokenScope scope,
        string id,
        string projectId,
        string status,
        CancellationToken ct
    )
    {
        var body = Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("status", status);
            json.WriteEndObject();
        });
        await SendMemberAsync(HttpMethod.Put, await MemberUrlAsync(scope, id, projectId, ct), scope, body, ct);
    }

    /// <summary>Done only if Glance says so: something between may answer 200 as well.</summary>
    private Task<ImageMember> SendMemberAsync(
        HttpMethod method,
        Uri url,
        TokenScope scope,
        byte[] body,
        CancellationToken ct
    )
    {
        var request = new CloudRequest(ServiceNames.Image, method, url) { Body = body };
        return _session.SendAsync(request, scope, ImageJson.Default.ImageMember, ct);
    }

    private Task<Uri> MemberUrlAsync(TokenScope scope, string id, string projectId, CancellationToken ct) =>
        ImageUrlAsync(scope, id, $"/members/{Uri.EscapeDataString(projectId)}", ct);
}
