using System.Buffers;
using System.Net.Http.Headers;

namespace FedSite.OpenStack;

/// <summary>An answer with its whole body in a pooled buffer, which goes back to the pool when this is disposed.</summary>
internal sealed class CloudResponse : IDisposable
{
    /// <summary>
    /// A page of 1000 servers has 2 to 4 MB; more than this is not an answer but an attack or a fault.
    /// </summary>
    private const int MaxBodyBytes = 128 << 20;
    private const int FirstBufferBytes = 64 << 10;

    /// <summary>Not the shared pool: that one keeps buffers of all sizes for each thread.</summary>
    private static readonly ArrayPool<byte> Buffers = ArrayPool<byte>.Create(2 * MaxBodyBytes, maxArraysPerBucket: 16);

    private readonly HttpResponseMessage _message;
    private byte[]? _buffer;

    private CloudResponse(CloudRequest request, HttpResponseMessage message, byte[] buffer, int length)
    {
        Request = request;
        _message = message;
        _buffer = buffer;
        Body = buffer.AsMemory(0, length);
    }

    public CloudRequest Request { get; }
    public int Status => (int)_message.StatusCode;
    public bool IsSuccess => _message.IsSuccessStatusCode;
    public ReadOnlyMemory<byte> Body { get; private set; }
    public RetryConditionHeaderValue? RetryAfter => _message.Headers.RetryAfter;
    public string? ContentType => _message.Content.Headers.ContentType?.MediaType;
    public Uri? Location => _message.Headers.Location;

    /// <summary>Nova before 2.46 and Swift name it differently.</summary>
    public string? RequestId =>
        Header("X-Openstack-Request-Id") ?? Header("X-Compute-Request-Id") ?? Header("X-Trans-Id");

    public string? Header(string name) =>
        _message.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <exception cref="HttpIOException">The answer ended early, or is larger than anything expected.</exception>
    public static async Task<CloudResponse> ReadAsync(
        CloudRequest request,
        HttpResponseMessage message,
        CancellationToken ct
    )
    {
        var expected = message.Content.Headers.ContentLength ?? request.ExpectedBytes;
        var buffer = Buffers.Rent(expected is > 0 and < MaxBodyBytes ? (int)expected + 1 : FirstBufferBytes);
        try
        {
            await using var stream = await message.Content.ReadAsStreamAsync(ct);
            var length = 0;
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(length), ct)) > 0)
            {
                length += read;
                if (length > MaxBodyBytes)
                {
                    throw new HttpIOException(
                        HttpRequestError.ConfigurationLimitExceeded,
                        $"the answer is larger than {MaxBodyBytes >> 20} MiB"
                    );
                }
                if (length == buffer.Length)
                {
                    buffer = Grow(buffer);
                }
            }
            return new CloudResponse(request, message, buffer, length);
        }
        catch
        {
            Buffers.Return(buffer);
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer is not null)
        {
            Buffers.Return(_buffer);
            _buffer = null;
            Body = default;
        }
        _message.Dispose();
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = Buffers.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        Buffers.Return(buffer);
        return larger;
    }
}
