#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reelbatch::contracts {

enum class ElementType : uint8_t { kFloat32, kInt32, kInt64, kUint8 };
/// Bytes of one element.
size_t ElementBytes(ElementType type);
/// "f32", "i32", "i64", "u8".
std::string_view ElementTypeName(ElementType type);
std::optional<ElementType> ElementTypeOf(std::string_view name);

/// An array with a name, as models take and give it and as it goes into an .npz. `bytes`: the
/// elements, little-endian, last dimension fastest, without padding.
struct Tensor {
  std::string name = {};
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> shape = {};
  std::string bytes = {};
};

/// The product of `shape`. 1 for a scalar.
int64_t ElementCount(const std::vector<int64_t>& shape);

}  // namespace reelbatch::contracts
