namespace FedSite.Sandbox.World;

/// <summary>A user's password for one project alone.</summary>
public sealed record ApplicationCredential(string Id, string Name, string Secret, string UserId, string ProjectId);
