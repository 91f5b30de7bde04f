#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace reelbatch::contracts {

/// Models use the first four; results may also have the others. kBool: one byte, 0 or 1.
enum class ElementType : uint8_t { kFloat32, kInt32, kInt64, kUint8, kFloat64, kInt16, kBool };
/// Bytes of one element.
size_t ElementBytes(ElementType type);
/// "f32", "i32", "i64", "u8", "f64", "i16", "bool".
std::string_view ElementTypeName(ElementType type);
/// Of the types of models.
std::optional<ElementType> ElementTypeOf(std::string_view name);

/// A named array, as models use it and as .npz files store it. `bytes`: the elements in C order
/// (last dimension varies fastest), little-endian, without padding.
struct Tensor {
  std::string name = {};
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> shape = {};
  std::string bytes = {};
};

/// The product of `shape`. 1 for a scalar.
int64_t ElementCount(const std::vector<int64_t>& shape);

template <class T>
constexpr ElementType ElementTypeFor() {
  if constexpr (std::is_same_v<T, float>) return ElementType::kFloat32;
  if constexpr (std::is_same_v<T, int32_t>) return ElementType::kInt32;
  if constexpr (std::is_same_v<T, int64_t>) return ElementType::kInt64;
  if constexpr (std::is_same_v<T, uint8_t>) return ElementType::kUint8;
  if constexpr (std::is_same_v<T, double>) return ElementType::kFloat64;
  if constexpr (std::is_same_v<T, int16_t>) return ElementType::kInt16;
}

/// `values` as an array of `shape`; an empty shape stands for one dimension of all values.
template <class T>
Tensor MakeTensor(std::string name, const std::vector<T>& values, std::vector<int64_t> shape = {}) {
  if (shape.empty()) shape = {static_cast<int64_t>(values.size())};
  Tensor tensor{.name = {},
                .type = ElementTypeFor<T>(),
                .shape = std::move(shape),
                .bytes = std::string(values.size() * sizeof(T), '\0')};
  tensor.name = std::move(name);
  if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

/// One byte per value, 0 or 1.
Tensor MakeBoolTensor(std::string name, const std::vector<uint8_t>& values,
                      std::vector<int64_t> shape = {});

/// The elements; empty if they have another type than T. A kBool is a uint8_t.
template <class T>
std::vector<T> ValuesOf(const Tensor& tensor) {
  const bool flags = std::is_same_v<T, uint8_t> && tensor.type == ElementType::kBool;
  if (tensor.type != ElementTypeFor<T>() && !flags) return {};
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), values.size() * sizeof(T));
  return values;
}

}  // namespace reelbatch::contracts
