using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FedSite.Ams;

/// <summary>
/// The AMS token of this host, kept in the state folder (mode 0600) under a name that depends on host, project and
/// certificate. It is the host's lasting key, which changes only when the operators of AMS renew it.
/// </summary>
internal sealed class AmsToken(string folder, string identity, TimeProvider time)
{
    private readonly string _file = Path.Combine(
        folder,
        $"ams-token-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..16]}.json"
    );

    /// <summary>The kept token; null: none, or not readable.</summary>
    public string? Read()
    {
        try
        {
            using var stream = File.OpenRead(_file);
            return JsonSerializer.Deserialize(stream, AmsJson.Default.CachedToken)?.Token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps a token.</summary>
    /// <exception cref="FedSiteException">The folder can't be written.</exception>
    public void Write(string token)
    {
        var temporary = $"{_file}.{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(folder);
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var stream = new FileStream(temporary, options))
            {
                JsonSerializer.Serialize(
                    stream,
                    new CachedToken { Token = token, FetchedAt = time.GetUtcNow() },
                    AmsJson.Default.CachedToken
                );
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, _file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new FedSiteException(
                $"The token of AMS can't be kept in {_file}: {e.Message}",
                "Give the account that runs fedsite a writable folder: key `state` of site.yaml.",
                inner: e
            );
        }
    }
}
