using System.Text.Json.Serialization;

namespace FedSite.OpenStack.BlockStorage;

[JsonSerializable(typeof(Volume))]
internal sealed partial class BlockStorageJson : JsonSerializerContext;
