using System.Security.Cryptography;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Makes images in <see cref="ContractCloud.StoreProjectId"/>, and takes them away afterwards.</summary>
public abstract class ImageWriter : IAsyncLifetime
{
    private readonly OpenStackCloud _client;
    private readonly List<string> _made = [];

    protected ImageWriter(ContractCloud cloud)
    {
        Cloud = cloud;
        _client = Connect(cloud.Publisher);
    }

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;
    protected ContractCloud Cloud { get; }
    protected ImageApi Image => _client.Image;
    protected TokenScope Owner => TokenScope.Project(Cloud.StoreProjectId);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _made)
        {
            await Image.DeleteImageAsync(Owner, id, CancellationToken.None);
        }
        _client.Dispose();
        GC.SuppressFinalize(this);
    }

    protected OpenStackCloud Connect(ContractAccount account) => Connect(Cloud.Credentials(account));

    protected OpenStackCloud ConnectAdmin() =>
        Connect(Cloud.Credentials(Cloud.Admin) with { ProjectName = "admin", ProjectDomainName = "Default" });

    private static OpenStackCloud Connect(CloudCredentials credentials) =>
        OpenStackCloud.Connect(credentials, TimeProvider.System, NullLoggerFactory.Instance);

    protected static NewImage New() =>
        new()
        {
            Id = Guid.CreateVersion7().ToString(),
            Name = "written by a test",
            DiskFormat = "qcow2",
        };

    protected async Task<CloudImage> CreateAsync(NewImage image)
    {
        _made.Add(image.Id);
        return await Image.CreateImageAsync(Owner, image, Ct);
    }

    protected async Task<CloudImage> UploadedAsync(byte[] content, bool lengthKnown = true)
    {
        var image = await CreateAsync(New());
        await FillAsync(image.Id, content, lengthKnown);
        return (await Image.FindImageAsync(Owner, image.Id, Ct))!;
    }

    protected Task FillAsync(string id, byte[] content, bool lengthKnown = true) =>
        Image.UploadAsync(
            Owner,
            id,
            lengthKnown ? content.Length : null,
            async (stream, ct) => await stream.WriteAsync(content, ct),
            Ct
        );

    protected async Task<OpenStackException> RefusedAsync(TokenScope scope, string id, long? length = 1 << 20) =>
        await Assert.ThrowsAsync<OpenStackException>(() =>
            Image.UploadAsync(
                scope,
                id,
                length,
                (_, _) => throw new InvalidOperationException("the server asked for content"),
                Ct
            )
        );

    protected async Task AwaitStatusAsync(string id, string status)
    {
        while ((await Image.FindImageAsync(Owner, id, Ct))?.Status != status)
        {
            await Task.Delay(50, Ct);
        }
    }

    protected static byte[] Random(int length) => RandomNumberGenerator.GetBytes(length);
}
