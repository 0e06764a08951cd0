using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.Sandbox;

namespace FedSite.App.Commands;

/// <summary>The part of the demonstration that joins Keystone to the OpenID provider, and lets people log in.</summary>
internal sealed class DemoFederation(CommandContext context, DemoShell shell, FederationSandbox sandbox)
{
    private const string Admin = "sandbox-admin";
    private readonly SandboxLogins _logins = sandbox.Logins!;

    public async Task RunAsync(CancellationToken ct)
    {
        shell.Tell("Join the federation: what does Keystone lack for it to be as the file says?");
        await shell.RunAsync(..34, ExitCode.Differences, ct, "plan", "--os-cloud", Admin);

        shell.Tell("Do it. Then there is nothing left to do.");
        await shell.RunAsync(^2.., ExitCode.Done, ct, "apply", "--yes", "--os-cloud", Admin);
        await shell.RunAsync(ct, "plan", "--os-cloud", Admin);
        await shell.RunAsync(ct, "check", "--only", "federation", "--os-cloud", Admin);

        shell.Tell("Who would a member of the VO be here, and why?");
        await ExplainAsync("member.json", _logins.Member, ..22, ExitCode.Done, ct);

        shell.Tell("And somebody whose entitlement only looks like it?");
        await ExplainAsync("lookalike.json", _logins.LookAlike, ..18, ExitCode.Failed, ct);

        shell.Tell(
            "Both log in at Keystone with an access token of the provider, as `openstack --os-cloud … token issue` would."
        );
        await LogInAsync("sandbox-oidc", isLetIn: true, ct);
        await LogInAsync("sandbox-lookalike", isLetIn: false, ct);
    }

    private async Task ExplainAsync(
        string name,
        SandboxPerson person,
        Range lines,
        ExitCode meant,
        CancellationToken ct
    )
    {
        var claims = $$"""
            {
              "iss": "{{_logins.Provider.Issuer}}",
              "sub": "{{person.Subject}}",
              "email": "{{person.Email}}",
              "entitlements": ["{{person.Entitlement}}"]
            }

            """;
        await File.WriteAllTextAsync(shell.FileOf(name), claims, ct);
        shell.Show(claims);
        await shell.RunAsync(
            lines,
            meant,
            ct,
            "federation",
            "explain",
            "--claims",
            shell.FileOf(name),
            "--os-cloud",
            Admin
        );
    }

    private async Task LogInAsync(string account, bool isLetIn, CancellationToken ct)
    {
        var host = new HostEnvironment(shell.Environment, Directory.GetCurrentDirectory());
        var credentials = CloudCredentialsSource.Resolve(config: null, account, host);
        using var cloud = OpenStackCloud.Connect(credentials, context.Time, context.Loggers);
        try
        {
            var token = await cloud.Identity.GetTokenInfoAsync(TokenScope.Configured, ct);
            shell.Say(
                $"{account}: {token.UserName}, {string.Join(", ", token.Roles)} in project {token.ProjectName}\n"
            );
            shell.Expect(isLetIn);
        }
        catch (OpenStackException e) when (e.Status == 401)
        {
            shell.Say($"{account}: {e.Message}\n");
            shell.Expect(!isLetIn);
        }
    }
}
