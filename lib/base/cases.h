#pragma once
// std::visit with one lambda for each alternative: std::visit(Cases{[](const A&) { … }, [](const B&) { … }}, variant).

namespace allmende {

template <class... F>
struct Cases : F... {
  using F::operator()...;
};

}  // namespace allmende
