#include "contracts/tensor.h"

namespace reelbatch::contracts {

size_t ElementBytes(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
    case ElementType::kInt32:
      return 4;
    case ElementType::kInt64:
    case ElementType::kFloat64:
      return 8;
    case ElementType::kInt16:
      return 2;
    case ElementType::kUint8:
    case ElementType::kBool:
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
      return "u8";
    case ElementType::kFloat64:
      return "f64";
    case ElementType::kInt16:
      return "i16";
    case ElementType::kBool:
      break;
  }
  return "bool";
}

std::optional<ElementType> ElementTypeOf(std::string_view name) {
  for (const ElementType type :
       {ElementType::kFloat32, ElementType::kInt32, ElementType::kInt64, ElementType::kUint8}) {
    if (ElementTypeName(type) == name) return type;
  }
  return std::nullopt;
}

Tensor MakeBoolTensor(std::string name, const std::vector<uint8_t>& values,
                      std::vector<int64_t> shape) {
  Tensor tensor = MakeTensor(std::move(name), values, std::move(shape));
  tensor.type = ElementType::kBool;
  return tensor;
}

int64_t ElementCount(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

}  // namespace reelbatch::contracts
