#include "contracts/tensor.h"

namespace reelbatch::contracts {

size_t ElementBytes(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
    case ElementType::kInt32:
      return 4;
    case ElementType::kInt64:
      return 8;
    case ElementType::kUint8:
      break;
  }
  return 1;
}

std::string_view ElementTypeName(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return "f32";
    case ElementType::kInt32:
      return "i32";
    case ElementType::kInt64:
      return "i64";
    case ElementType::kUint8:
      break;
  }
  return "u8";
}

std::optional<ElementType> ElementTypeOf(std::string_view name) {
  for (const ElementType type :
       {ElementType::kFloat32, ElementType::kInt32, ElementType::kInt64, ElementType::kUint8}) {
    if (ElementTypeName(type) == name) return type;
  }
  return std::nullopt;
}

int64_t ElementCount(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

}  // namespace reelbatch::contracts
